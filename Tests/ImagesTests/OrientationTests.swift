import Images
import TestSupport
import Testing

/// EXIF orientation, applied once, from blocks of any quality.
@Suite struct OrientationTests {
    @Test(arguments: Orientation.allCases, [false, true])
    func turnsThePictureUpright(orientation: Orientation, littleEndian: Bool) throws {
        var file = try PNGFile(OwnFixtures.bytes("color2-depth8.png"))
        let stored = try ImageDecoder.decode(file.bytes)
        let block = Self.block(orientation.rawValue, littleEndian: littleEndian)
        file.chunks.insert(.init(name: "eXIf", content: block), at: 1)
        let upright = try ImageDecoder.decode(file.bytes)
        #expect(upright.width == (orientation.exchangesSides ? stored.height : stored.width))
        for (x, y) in [(0, 0), (3, 5), (22, 22), (10, 17)] {
            let (column, row) = Self.stored(x, y, in: stored, orientation)
            #expect(Self.pixel(upright, x, y) == Self.pixel(stored, column, row), "\(orientation) at (\(x), \(y))")
        }
    }

    @Test(arguments: ["odd", "long", "byte"])
    func readsEveryUnsignedType(type: String) throws {
        let entries: [String: [UInt8]] = [
            "odd": [1, 18, 0, 3, 0, 0, 0, 1, 0, 6, 99, 99], "long": [1, 18, 0, 4, 0, 0, 0, 1, 0, 0, 0, 6],
            "byte": [1, 18, 0, 1, 0, 0, 0, 1, 6, 0, 0, 0],
        ]
        let block = try Array("MM\0*\0\0\0\u{8}\0\u{1}".utf8) + #require(entries[type])
        #expect(try Self.orientation(ofJPEGWith: block) == .rotated90)
    }

    @Test(arguments: Self.senselessBlocks.keys.sorted())
    func takesSenselessBlocksAsUpright(name: String) throws {
        let block = try #require(Self.senselessBlocks[name])
        #expect(try Self.orientation(ofJPEGWith: block) == .upright)
    }

    @Test func survivesRandomBlocks() throws {
        var random = SeededGenerator(seed: 17)
        for _ in 0..<2_000 {
            var block = Self.block(6, littleEndian: Bool.random(using: &random))
            for _ in 0..<3 {
                block[Int.random(in: 2..<block.count, using: &random)] = .random(in: 0...255, using: &random)
            }
            _ = try Self.orientation(ofJPEGWith: Array(block.prefix(.random(in: 0...block.count, using: &random))))
        }
    }

    @Test func readsNoFartherThanTheFirstScan() throws {
        var file = try JPEGFile(OwnFixtures.bytes("ycc444.jpg"))
        let exif = JPEGFile.Segment(marker: 0xE1, content: Array("Exif\0\0".utf8) + Self.block(6, littleEndian: true))
        file.segments.append(exif)
        #expect(try ImageDecoder.info(file.bytes).orientation == .upright)
    }

    private static let senselessBlocks: [String: [UInt8]] = {
        let header = Array("MM\0*\0\0\0\u{8}".utf8)
        let entry: [UInt8] = [1, 18, 0, 3, 0, 0, 0, 1]
        return [
            "empty": [], "no byte order": Array(repeating: 0x20, count: 30), "order only": Array("II".utf8),
            "zero": block(0, littleEndian: true), "nine": block(9, littleEndian: false),
            "ASCII": header + [0, 1, 1, 18, 0, 2, 0, 0, 0, 1, 0x36, 0, 0, 0],
            "two values": header + [0, 1, 1, 18, 0, 3, 0, 0, 0, 2, 0, 6, 0, 6],
            "directory beyond": Array("MM\0*".utf8) + [0xFF, 0xFF, 0xFF, 0xFF, 0, 1] + entry + [0, 6, 0, 0],
            "directory in the header": Array("MM\0*".utf8) + [0, 0, 0, 0, 0, 1] + entry + [0, 6, 0, 0],
            "directory of itself": header + [0, 1, 0x87, 0x69, 0, 4, 0, 0, 0, 1, 0, 0, 0, 8] + [0, 0, 0, 8],
            "too many entries": header + [0xFF, 0xFF] + Array(repeating: 0, count: 600),
            "half an entry": header + [0, 1] + entry,
        ]
    }()

    /// A TIFF block with nothing but orientation.
    private static func block(_ orientation: Int, littleEndian: Bool) -> [UInt8] {
        let value = UInt8(orientation)
        return littleEndian
            ? Array("II*\0\u{8}\0\0\0\u{1}\0".utf8) + [0x12, 1, 3, 0, 1, 0, 0, 0, value, 0, 0, 0, 0, 0, 0, 0]
            : Array("MM\0*\0\0\0\u{8}\0\u{1}".utf8) + [1, 0x12, 0, 3, 0, 0, 0, 1, 0, value, 0, 0, 0, 0, 0, 0]
    }

    private static func orientation(ofJPEGWith block: [UInt8]) throws -> Orientation {
        var file = try JPEGFile(OwnFixtures.bytes("ycc444.jpg"))
        file.insertEXIF(block)
        return try ImageDecoder.info(file.bytes).orientation
    }

    /// Where an upright pixel is stored, by the definition of tag 0x0112: which side row 0 and column 0 are.
    private static func stored(_ x: Int, _ y: Int, in image: RGBImage, _ orientation: Orientation) -> (Int, Int) {
        let (right, bottom) = (image.width - 1, image.height - 1)
        return switch orientation {
        case .upright: (x, y)
        case .mirrored: (right - x, y)
        case .rotated180: (right - x, bottom - y)
        case .flipped: (x, bottom - y)
        case .transposed: (y, x)
        case .rotated90: (y, bottom - x)
        case .transversed: (right - y, bottom - x)
        case .rotated270: (right - y, x)
        }
    }

    private static func pixel(_ image: RGBImage, _ x: Int, _ y: Int) -> ArraySlice<UInt8> {
        image.pixels[(y * image.width + x) * 3..<(y * image.width + x) * 3 + 3]
    }
}
