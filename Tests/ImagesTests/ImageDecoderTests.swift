import Images
import Testing

/// Decoding to Pillow's pixels, of whole files in every variant.
@Suite struct ImageDecoderTests {
    @Test(.enabled(if: SharedFixtures.areUsable), arguments: SharedFixtures.names)
    func decodesPhotographsToThePixelsOfPillow(name: String) throws {
        let expected = try #require(SharedFixtures.expected[name])
        let image = try ImageDecoder.decode(SharedFixtures.bytes(name))
        #expect(image.width == expected.width)
        #expect(image.height == expected.height)
        #expect(image.sha256 == expected.rgb_sha256)
    }

    @Test(.enabled(if: SharedFixtures.areUsable), arguments: SharedFixtures.names)
    func preparesPhotographsToThePixelsOfTorchvision(name: String) throws {
        let expected = try #require(SharedFixtures.expected[name])
        let image = try ImageDecoder.decode(SharedFixtures.bytes(name))
        let large = image.resized(shorterSide: 256, croppedToWidth: 224, height: 224, filter: .bicubic)
        let small = image.resized(shorterSide: 64, filter: .bicubic).centerCropped(width: 64, height: 64)
        #expect(large.sha256 == expected.resize256_crop224_sha256)
        #expect(small.sha256 == expected.resize64_crop64_sha256)
    }

    @Test(.enabled(if: SharedFixtures.areUsable)) func findsThePhotographs() {
        #expect(!SharedFixtures.names.isEmpty, "\(SharedFixtures.folder.path) is absent")
    }

    @Test(arguments: OwnFixtures.names)
    func decodesRareVariantsToThePixelsOfPillow(name: String) throws {
        let expected = try #require(OwnFixtures.expected.images[name])
        let image = try ImageDecoder.decode(OwnFixtures.bytes(name))
        #expect(image.width == expected.width)
        #expect(image.height == expected.height)
        #expect(image.sha256 == expected.rgb_sha256)
    }

    @Test func coversEveryFormat() {
        for suffix in ["png", "jpg", "webp"] { #expect(OwnFixtures.names.contains { $0.hasSuffix(suffix) }) }
    }

    @Test func readsTheHeaderWithoutTurningTheSides() throws {
        let info = try ImageDecoder.info(OwnFixtures.bytes("exif.jpg"))
        #expect(info == ImageInfo(format: .jpeg, width: 37, height: 23, orientation: .transposed))
    }
}
