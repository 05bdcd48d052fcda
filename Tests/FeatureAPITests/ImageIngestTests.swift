import DINO
import FeatureAPI
import FeatureStorage
import Images
import Tensors
import TestSupport
import Testing

@Suite struct ImageIngestTests {
    @Test func hashesAsSHA256Does() {
        #expect(
            ImageIngest.contentHash(Array("abc".utf8))
                == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    }

    @Test(arguments: [(600, 300, 256, 128), (10, 2000, 1, 256), (40, 30, 40, 30), (256, 256, 256, 256)])
    func thumbnailsKeepTheirProportionsAndAreNeverLarger(_ width: Int, _ height: Int, _ w: Int, _ h: Int) throws {
        let image = RGBImage(width: width, height: height, pixels: [UInt8](repeating: 90, count: 3 * width * height))
        let kept = try KeptImage(image, of: image.png())
        #expect(kept.mediaType == "image/png")
        #expect((kept.width, kept.height) == (width, height))
        let thumbnail = try ImageDecoder.decode(kept.thumbnail)
        #expect((thumbnail.width, thumbnail.height) == (w, h))
        #expect(thumbnail.pixels.allSatisfy { abs(Int($0) - 90) <= 2 })
    }

    @Test func patchesInEightBitsAreOffByHalfAScale() {
        var generator = SeededGenerator(seed: 3)
        let scalars = (0..<6 * 5).map { _ in Float.random(in: -1...1, using: &generator) }
        let patches = Tensor(shape: [6, 5], scalars: scalars).l2Normalized()
        let stored = PatchFeatures(patches, height: 2, width: 3)
        #expect(stored.scales.count == 6)
        let back = stored.dequantized
        #expect(back.shape == [6, 5])
        for (index, (value, exact)) in zip(back.scalars, patches.scalars).enumerated() {
            #expect(abs(value - exact) <= stored.scales[index / 5] * 0.5001)
        }
    }

    @Test func aPatchOfZerosStaysOne() {
        let stored = PatchFeatures(Tensor(zeros: [1, 4]), height: 1, width: 1)
        #expect(stored.dequantized == Tensor(zeros: [1, 4]))
    }
}
