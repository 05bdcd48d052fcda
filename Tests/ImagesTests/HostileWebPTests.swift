import Images
import Testing

/// WebP files that lie.
@Suite struct HostileWebPTests {
    @Test func refusesCanvasesBeyondTheLimits() throws {
        var bytes = try OwnFixtures.bytes("animated.webp")
        bytes.replaceSubrange(24..<30, with: [0xFF, 0xFF, 0xFF, 0xFE, 0, 0])
        #expect(throws: ImageError.tooLarge(width: 1 << 24, height: 255, limits: ImageLimits())) {
            try ImageDecoder.decode(bytes)
        }
    }

    @Test func refusesACanvasThatItsFramesDoNotFit() throws {
        for name in ["animated.webp", "animated-offset.webp", "exif.webp"] {
            var bytes = try OwnFixtures.bytes(name)
            bytes.replaceSubrange(24..<30, with: [3, 0, 0, 3, 0, 0])
            #expect(throws: ImageError.self, "\(name)") { try ImageDecoder.decode(bytes) }
        }
    }

    @Test(arguments: [0, 4, 12, 100, 0x7FFF_FFFF, 0xFFFF_FFFF, 0xFFFF_FFFE])
    func refusesContainersOfAnotherLength(length: UInt32) throws {
        var bytes = try OwnFixtures.bytes("exif.webp")
        bytes.replaceSubrange(4..<8, with: [0, 8, 16, 24].map { UInt8(truncatingIfNeeded: length >> $0) })
        #expect(throws: ImageError.self) { try ImageDecoder.decode(bytes) }
    }

    @Test(arguments: [0, 1, 0x7FFF_FFFF, 0xFFFF_FFFF])
    func refusesFramesOfAnotherLength(length: UInt32) throws {
        var bytes = try OwnFixtures.bytes("lossy-alpha.webp")
        let chunk = try #require((12..<bytes.count).first { bytes[$0...].starts(with: "VP8 ".utf8) })
        let field = chunk + 4..<chunk + 8
        bytes.replaceSubrange(field, with: [0, 8, 16, 24].map { UInt8(truncatingIfNeeded: length >> $0) })
        #expect(throws: ImageError.self) { try ImageDecoder.decode(bytes) }
    }

    @Test func refusesAHeaderOfTheLargestSizeAlone() {
        // A lossless header of 16,384 by 16,384 and a bit of data (RFC 9649, 3.4).
        let bytes = Array("RIFF\u{12}\0\0\0WEBPVP8L\u{6}\0\0\0".utf8) + [0x2F, 0xFF, 0xFF, 0xFF, 0x0F, 0]
        #expect(throws: ImageError.tooLarge(width: 16_384, height: 16_384, limits: ImageLimits())) {
            try ImageDecoder.decode(bytes)
        }
    }
}
