import CImageCodecs
import Images
import TestSupport
import Testing

/// Resampling to Pillow's bits.
@Suite struct ResizeTests {
    @Test(arguments: OwnFixtures.expected.resizes)
    func resizesAsPillowAndTorchvisionDo(resize: OwnFixtures.Resize) throws {
        let picture = try OwnFixtures.picture()
        let resized =
            if let length = resize.shorterSide {
                picture.resized(shorterSide: length, filter: resize.filter)
            } else {
                picture.resized(width: resize.width, height: resize.height, filter: resize.filter)
            }
        #expect(resized.width == resize.width)
        #expect(resized.height == resize.height)
        #expect(resized.sha256 == resize.rgb_sha256)
    }

    @Test func knowsPillowsResults() {
        #expect(OwnFixtures.expected.resizes.count > 20)
    }

    @Test(arguments: ResizeFilter.allCases)
    func equalsItsSpecificationAtRandomSizes(filter: ResizeFilter) {
        var random = SeededGenerator(seed: 7)
        for _ in 0..<25 {
            let (width, height) = (Int.random(in: 1...70, using: &random), Int.random(in: 1...40, using: &random))
            let (newWidth, newHeight) = (Int.random(in: 1...70, using: &random), Int.random(in: 1...40, using: &random))
            let image = random.image(width: width, height: height)
            let resized = image.resized(width: newWidth, height: newHeight, filter: filter)
            let specified = image.resizedBySpecification(width: newWidth, height: newHeight, filter: filter)
            #expect(resized == specified, "\(width)×\(height) to \(newWidth)×\(newHeight)")
        }
    }

    @Test func cropsTheSamePixelsWithoutComputingTheOthers() {
        var random = SeededGenerator(seed: 11)
        for _ in 0..<60 {
            let image = random.image(
                width: .random(in: 1...60, using: &random), height: .random(in: 1...60, using: &random))
            let (side, width, height) = (
                Int.random(in: 1...50, using: &random), Int.random(in: 1...60, using: &random),
                Int.random(in: 1...60, using: &random)
            )
            let whole = image.resized(shorterSide: side, filter: .bicubic).centerCropped(width: width, height: height)
            let part = image.resized(shorterSide: side, croppedToWidth: width, height: height, filter: .bicubic)
            #expect(whole == part, "\(image.width)×\(image.height) to \(side), \(width)×\(height)")
        }
    }

    @Test(arguments: [(1, 16_384), (16_384, 1), (1, 1), (2, 3)])
    func preparesExtremeRatiosInTheMemoryOfTheCrop(width: Int, height: Int) {
        let image = RGBImage(width: width, height: height, pixels: [UInt8](repeating: 77, count: width * height * 3))
        let crop = image.resized(shorterSide: 256, croppedToWidth: 224, height: 224, filter: .bicubic)
        #expect(crop.pixels == [UInt8](repeating: 77, count: 224 * 224 * 3))
    }

    @Test func clipsWhatTheCubicOvershoots() {
        let edge = RGBImage(width: 4, height: 1, pixels: [0, 0, 0, 0, 0, 0, 255, 255, 255, 255, 255, 255])
        let resized = edge.resized(width: 40, height: 1, filter: .bicubic)
        #expect(resized.pixels.min() == 0)
        #expect(resized.pixels.max() == 255)
        #expect(zip(resized.pixels, resized.pixels.dropFirst()).allSatisfy { $0 <= $1 })
    }
}
