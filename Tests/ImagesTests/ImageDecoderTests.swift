import Crypto
import Images
import Testing

/// Decoding and preprocessing equal to Pillow's.
@Suite struct ImageDecoderTests {
    @Test(.enabled(if: SharedFixtures.areUsable), arguments: SharedFixtures.names)
    func decodesTheVeryPixelsOfPillow(name: String) throws {
        let expected = try #require(SharedFixtures.expected[name])
        let image = try ImageDecoder.decode(SharedFixtures.bytes(name))
        #expect(image.width == expected.width)
        #expect(image.height == expected.height)
        #expect(sha256(image) == expected.rgb_sha256)
    }

    @Test(.enabled(if: SharedFixtures.areUsable), arguments: SharedFixtures.names)
    func resizesAndCropsToTheVeryPixelsOfPillow(name: String) throws {
        let expected = try #require(SharedFixtures.expected[name])
        let image = try ImageDecoder.decode(SharedFixtures.bytes(name))
        let large = image.resized(shorterSide: 256, croppedToWidth: 224, height: 224, filter: .bicubic)
        let small = image.resized(shorterSide: 64, filter: .bicubic).centerCropped(width: 64, height: 64)
        #expect(sha256(large) == expected.resize256_crop224_sha256)
        #expect(sha256(small) == expected.resize64_crop64_sha256)
    }

    @Test func findsTheFixturesUnderCI() {
        #expect(!SharedFixtures.areUsable || !SharedFixtures.names.isEmpty, "../shared/fixtures/images is absent")
    }

    private func sha256(_ image: RGBImage) -> String {
        SHA256.hash(data: image.pixels).map { byte in
            let text = String(byte, radix: 16)
            return text.count == 1 ? "0" + text : text
        }.joined()
    }
}
