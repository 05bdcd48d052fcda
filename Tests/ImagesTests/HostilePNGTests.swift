import Images
import Testing

/// PNG files that lie.
@Suite struct HostilePNGTests {
    @Test(arguments: [(20_000, 20_000), (65_500, 65_500), (1, 1_000_001), (0x7FFF_FFFF, 0x7FFF_FFFF), (0xFFFF_FFFF, 1)])
    func refusesAnnouncedSizesFromTheHeader(width: UInt32, height: UInt32) throws {
        var file = try Self.rgb()
        file.setSize(width, height)
        let error = ImageError.tooLarge(width: Int(width), height: Int(height), limits: ImageLimits())
        #expect(throws: error) { try ImageDecoder.decode(file.bytes) }
    }

    @Test(arguments: [(0, 8), (8, 0), (37, 24), (38, 23), (6_000, 6_000)])
    func refusesSizesThatTheDataDoNotFill(width: UInt32, height: UInt32) throws {
        var file = try Self.rgb()
        file.setSize(width, height)
        #expect(throws: ImageError.self) { try ImageDecoder.decode(file.bytes) }
    }

    @Test(arguments: ["IHDR", "IDAT"])
    func refusesWrongChecksumsOfWhatThePictureNeeds(chunk: String) throws {
        var file = try Self.rgb()
        file[chunk].checksum = 0x1234_5678
        #expect(throws: ImageError.self) { try ImageDecoder.decode(file.bytes) }
    }

    @Test func refusesAWrongChecksumOfTheInflatedData() throws {
        var file = try Self.rgb()
        file["IDAT"].content[file["IDAT"].content.count - 1] ^= 1
        #expect(throws: ImageError.damaged(.png, message: "IDAT: incorrect data check")) {
            try ImageDecoder.decode(file.bytes)
        }
    }

    @Test(arguments: [0, 1, 1_000_000, 0x7FFF_FFFF, 0xFFFF_FFFF], ["IHDR", "IDAT", "IEND"])
    func refusesWrongLengths(length: UInt32, chunk: String) throws {
        var file = try Self.rgb()
        guard file[chunk].content.count != length else { return }
        file[chunk].length = length
        #expect(throws: ImageError.self) { try ImageDecoder.decode(file.bytes) }
    }

    @Test(arguments: [(8, 3), (9, 3), (10, 1), (11, 1), (12, 2), (8, 0), (9, 5), (9, 255)])
    func refusesHeadersOutsideTheStandard(offset: Int, value: UInt8) throws {
        var file = try Self.rgb()
        file["IHDR"].content[offset] = value
        #expect(throws: ImageError.self) { try ImageDecoder.decode(file.bytes) }
    }

    @Test func refusesAPaletteImageWithoutPalette() throws {
        var file = try PNGFile(OwnFixtures.bytes("palette-depth8.png"))
        file.chunks.removeAll { $0.name == "PLTE" }
        #expect(throws: ImageError.self) { try ImageDecoder.decode(file.bytes) }
    }

    @Test func refusesUnknownCriticalChunksOnly() throws {
        let whole = try ImageDecoder.decode(Self.rgb().bytes)
        var file = try Self.rgb()
        file.chunks.insert(.init(name: "abCd", content: [1, 2, 3]), at: 1)
        #expect(try ImageDecoder.decode(file.bytes) == whole)
        file.chunks[1].name = "AbCd"
        #expect(throws: ImageError.self) { try ImageDecoder.decode(file.bytes) }
    }

    @Test func staysBoundedWithManyAndLargeTexts() throws {
        let whole = try ImageDecoder.decode(Self.rgb().bytes)
        var file = try Self.rgb()
        let text = PNGFile.Chunk(name: "tEXt", content: Array("k\0v".utf8))
        file.chunks.insert(contentsOf: Array(repeating: text, count: 20_000), at: 1)
        file.chunks.insert(.init(name: "tEXt", content: Array(repeating: 65, count: 9_000_000), checksum: 0), at: 1)
        if let image = try? ImageDecoder.decode(file.bytes) { #expect(image == whole) }
    }

    private static func rgb() throws -> PNGFile {
        try PNGFile(OwnFixtures.bytes("color2-depth8.png"))
    }
}
