import Images
import TestSupport
import Testing

struct EncodedImageTests {
    private static func noise(width: Int, height: Int) -> RGBImage {
        var generator = SeededGenerator(seed: 7)
        return RGBImage(
            width: width, height: height,
            pixels: (0..<width * height * 3).map { _ in UInt8.random(in: 0...255, using: &generator) })
    }

    private static func gradient(width: Int, height: Int) -> RGBImage {
        var pixels = [UInt8]()
        for y in 0..<height {
            for x in 0..<width {
                let across: Int = x * 255 / max(1, width - 1)
                let down: Int = y * 255 / max(1, height - 1)
                pixels += [UInt8(across), UInt8(down), 128]
            }
        }
        return RGBImage(width: width, height: height, pixels: pixels)
    }

    @Test(arguments: [(1, 1), (1, 9), (17, 3), (64, 48)])
    func aPNGGivesTheSamePixelsBack(width: Int, height: Int) throws {
        let image = Self.noise(width: width, height: height)
        #expect(try ImageDecoder.decode(image.png()) == image)
    }

    @Test(arguments: [(1, 1), (1, 9), (17, 3), (64, 48)])
    func aJPEGKeepsSizeAndSmoothColours(width: Int, height: Int) throws {
        let image = Self.gradient(width: width, height: height)
        let back = try ImageDecoder.decode(image.jpeg(quality: 95))
        #expect(back.width == width && back.height == height)
        let error = zip(back.pixels, image.pixels).map { abs(Int($0) - Int($1)) }.reduce(0, +)
        #expect(Double(error) / Double(image.pixels.count) < 24)
    }

    @Test func lowerQualityMakesASmallerJPEG() throws {
        let image = Self.noise(width: 64, height: 64)
        #expect(try image.jpeg(quality: 20).count < image.jpeg(quality: 90).count / 2)
    }

    @Test func aSideThatAJPEGCannotHaveIsRefusedWithItsLimit() {
        let image = RGBImage(width: 65_501, height: 1, pixels: [UInt8](repeating: 0, count: 65_501 * 3))
        #expect(throws: ImageEncodingError(format: .jpeg, message: "a side has more than 65500 pixels")) {
            try image.jpeg(quality: 80)
        }
    }
}
