import DINO
import Images
import Testing

@Suite struct PreprocessingTests {
    @Test func pixelsAreScaledAndNormalisedChannelByChannel() {
        let image = RGBImage(width: 2, height: 1, pixels: [0, 128, 255, 255, 0, 64])
        let tensor = Preprocessing.evaluation.normalized(image)
        #expect(tensor.shape == [3, 1, 2])
        let expected: [Float] = [
            (0 - 0.485) / 0.229, (1 - 0.485) / 0.229, (128 / 255 - 0.456) / 0.224, (0 - 0.456) / 0.224,
            (1 - 0.406) / 0.225, (64 / 255 - 0.406) / 0.225,
        ]
        #expect(zip(tensor.scalars, expected).allSatisfy { abs($0 - $1) < 1e-6 })
    }

    @Test(arguments: [(nil, 16, 224), (480, 16, 480), (500, 14, 490), (13, 14, 0)] as [(Int?, Int, Int)])
    func aSizeIsCutToTheSmallerMultipleOfThePatch(_ size: Int?, _ patch: Int, _ side: Int) {
        #expect(Preprocessing.evaluation.side(for: size, patch: patch) == side)
    }

    @Test func theResizeKeepsItsProportionToTheCrop() {
        // A picture whose left half is black: a resize in proportion leaves the border where it was.
        var pixels = [UInt8](repeating: 0, count: 3 * 512 * 512)
        for i in pixels.indices where i / 3 % 512 >= 256 { pixels[i] = 255 }
        let image = RGBImage(width: 512, height: 512, pixels: pixels)
        for side in [224, 448] {
            let tensor = Preprocessing.evaluation(image, side: side)
            #expect(tensor.shape == [3, side, side])
            let row = tensor.scalars.prefix(side)
            #expect((row.firstIndex { $0 > 0 } ?? 0) == side / 2)
        }
    }

    @Test func squashingIgnoresTheProportions() {
        let image = RGBImage(width: 30, height: 10, pixels: (0..<900).map { UInt8($0 % 251) })
        let squash = Preprocessing(fit: .squash, resize: 8, crop: 8)
        #expect(squash(image, side: 8) == squash.normalized(image.resized(width: 8, height: 8, filter: .bicubic)))
    }
}
