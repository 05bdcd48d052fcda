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

    @Test(arguments: [(nil, 16, 224), (480, 16, 480), (500, 14, 490), (13, 14, nil)] as [(Int?, Int, Int?)])
    func aSizeIsCutToTheSmallerMultipleOfThePatch(_ size: Int?, _ patch: Int, _ side: Int?) {
        #expect(Preprocessing.evaluation.side(for: size, patch: patch) == side)
    }

    @Test func anInputShowsTheMiddleOfAWidePhotograph() {
        let whole = Preprocessing(resize: 12, crop: 12).coverage(width: 40, height: 20, side: 12)
        #expect(whole.x == 0.25..<0.75 && whole.y == 0..<1)
        let part = Preprocessing(resize: 16, crop: 8).coverage(width: 10, height: 10, side: 4)
        #expect(part.x == 0.25..<0.75 && part.y == 0.25..<0.75)
        let squashed = Preprocessing(fit: .squash, resize: 8, crop: 8).coverage(width: 40, height: 20, side: 8)
        #expect(squashed.x == 0..<1 && squashed.y == 0..<1)
    }

    @Test func theResizeKeepsItsProportionToTheCrop() {
        // White from 3/8 of the width on: the middle of a wide picture is cut out, so the border moves, by as much at
        // every size.
        var pixels = [UInt8](repeating: 0, count: 3 * 768 * 512)
        for i in pixels.indices where i / 3 % 768 >= 288 { pixels[i] = 255 }
        let image = RGBImage(width: 768, height: 512, pixels: pixels)
        for side in [224, 448] {
            let tensor = Preprocessing.evaluation(image, side: side)
            #expect(tensor.shape == [3, side, side])
            let row = tensor.scalars.prefix(side)
            let resized = side * 256 / 224 * 3 / 2
            let border = resized * 3 / 8 - (resized - side) / 2
            #expect(abs((row.firstIndex { $0 > 0 } ?? 0) - border) <= 1)
        }
    }

    @Test func aThinStripStaysSmall() {
        // Resized whole, it would be 256 × 4,194,304.
        let image = RGBImage(width: 16_384, height: 1, pixels: [UInt8](repeating: 128, count: 3 * 16_384))
        #expect(Preprocessing.evaluation(image, side: 224).shape == [3, 224, 224])
    }

    @Test func squashingIgnoresTheProportions() {
        let image = RGBImage(width: 30, height: 10, pixels: (0..<900).map { UInt8($0 % 251) })
        let squash = Preprocessing(fit: .squash, resize: 8, crop: 8)
        #expect(squash(image, side: 8) == squash.normalized(image.resized(width: 8, height: 8, filter: .bicubic)))
    }
}
