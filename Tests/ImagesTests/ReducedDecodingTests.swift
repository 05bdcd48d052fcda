import Images
import TestSupport
import Testing

/// JPEG files that are resized while they are decoded: the pixels, and the refusals, of decoding first.
@Suite struct ReducedDecodingTests {
    private static let jpegs = OwnFixtures.names.filter { $0.hasSuffix("jpg") }

    /// Enlarging, shrinking, wholes, middles, zeros around, rows before columns and the same size.
    private static let rules: [CenteredResize] = [
        .init(.shorterSide(64), width: 64, height: 64, filter: .bicubic),
        .init(.shorterSide(9), width: 3, height: 3, filter: .bicubic),
        .init(.shorterSide(7), width: 50, height: 2, filter: .bilinear),
        .init(.exactly(width: 37, height: 2), width: 5, height: 2, filter: .bicubic),
        .init(.exactly(width: 2, height: 23), width: 2, height: 4, filter: .bilinear),
        .init(.exactly(width: 37, height: 23), width: 11, height: 9, filter: .bicubic),
        .init(.exactly(width: 23, height: 37), width: 23, height: 37, filter: .bilinear),
    ]

    @Test(arguments: jpegs, Orientation.allCases)
    func makesThePixelsOfTheWholePicture(name: String, orientation: Orientation) throws {
        let bytes = try OwnFixtures.bytes(name).turned(orientation)
        let whole = try ImageDecoder.decode(bytes)
        for rule in Self.rules {
            #expect(try ImageDecoder.decode(bytes, resized: rule) == whole.resized(rule), "\(rule)")
        }
    }

    @Test(.enabled(if: SharedFixtures.areUsable), arguments: SharedFixtures.names)
    func preparesPhotographsToThePixelsOfTorchvision(name: String) throws {
        let expected = try #require(SharedFixtures.expected[name])
        let bytes = try SharedFixtures.bytes(name)
        let rule = CenteredResize(.shorterSide(256), width: 224, height: 224, filter: .bicubic)
        #expect(try ImageDecoder.decode(bytes, resized: rule).sha256 == expected.resize256_crop224_sha256)
    }

    /// Chroma subsampled in both directions, along rows (one of four) and along columns, at sizes and windows that begin and
    /// end anywhere in a block.
    @Test(arguments: Sampling.allCases)
    func makesTheSamePixelsWhereverTheMiddleLies(sampling: Sampling) throws {
        var random = SeededGenerator(seed: 41)
        for _ in 0..<80 {
            let bytes = try sampling.file(&random).turned(
                Orientation.allCases.randomElement(using: &random) ?? .upright)
            let whole = try ImageDecoder.decode(bytes)
            let rule = CenteredResize(
                Bool.random(using: &random)
                    ? .shorterSide(.random(in: 1...90, using: &random))
                    : .exactly(
                        width: .random(in: 1...200, using: &random), height: .random(in: 1...200, using: &random)),
                width: .random(in: 1...60, using: &random), height: .random(in: 1...60, using: &random),
                filter: Bool.random(using: &random) ? .bicubic : .bilinear)
            let reduced = try ImageDecoder.decode(bytes, resized: rule)
            #expect(reduced == whole.resized(rule), "\(whole.width)×\(whole.height), \(rule)")
        }
    }

    @Test(arguments: jpegs) func refusesEveryPrefixThatDecodingRefuses(name: String) throws {
        let bytes = try OwnFixtures.bytes(name)
        let rule = CenteredResize(.shorterSide(12), width: 3, height: 3, filter: .bicubic)
        for count in 0..<bytes.count - 2 {
            #expect(throws: ImageError.self, "the first \(count) of \(bytes.count) bytes") {
                try ImageDecoder.decode(Array(bytes.prefix(count)), resized: rule)
            }
            #expect(throws: ImageError.self, "the first \(count) of \(bytes.count) bytes, fast") {
                try ImageDecoder.decode(Array(bytes.prefix(count)), resized: rule, fast: true)
            }
        }
    }

    @Test(.enabled(if: SharedFixtures.areUsable), arguments: SharedFixtures.names)
    func refusesPhotographsCutBelowTheMiddle(name: String) throws {
        let bytes = try SharedFixtures.bytes(name)
        // All that is shown lies far above the cut.
        let rule = CenteredResize(.shorterSide(256), width: 32, height: 32, filter: .bicubic)
        for count in [bytes.count * 9 / 10, bytes.count * 99 / 100, bytes.count - 3] {
            #expect(throws: ImageError.self, "the first \(count) of \(bytes.count) bytes") {
                try ImageDecoder.decode(Array(bytes.prefix(count)), resized: rule)
            }
        }
    }

    @Test(arguments: jpegs) func judgesDamageAsDecodingDoes(name: String) throws {
        var random = SeededGenerator(seed: 43)
        let bytes = try OwnFixtures.bytes(name)
        let rule = CenteredResize(.shorterSide(10), width: 4, height: 4, filter: .bicubic)
        for _ in 0..<150 {
            var damaged = bytes
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                damaged[Int.random(in: 0..<damaged.count, using: &random)] = .random(in: 0...255, using: &random)
            }
            var limits = ImageLimits()
            limits.maximumPixels = 4_000_000
            let whole = Result { try ImageDecoder.decode(damaged, limits: limits).resized(rule) }
            let reduced = Result { try ImageDecoder.decode(damaged, limits: limits, resized: rule) }
            #expect((try? whole.get()) == (try? reduced.get()))
            _ = try? ImageDecoder.decode(damaged, limits: limits, resized: rule, fast: true)
        }
    }

    @Test(arguments: OwnFixtures.names.filter { !$0.hasSuffix("jpg") })
    func takesOtherFormatsToo(name: String) throws {
        let bytes = try OwnFixtures.bytes(name)
        let rule = Self.rules[0]
        #expect(try ImageDecoder.decode(bytes, resized: rule) == ImageDecoder.decode(bytes).resized(rule))
        #expect(try ImageDecoder.decode(bytes, resized: rule, fast: true) == ImageDecoder.decode(bytes).resized(rule))
    }

    @Test(arguments: [(1, 16_384), (16_384, 1), (1, 1)])
    func preparesExtremeRatios(width: Int, height: Int) throws {
        let image = RGBImage(width: width, height: height, pixels: [UInt8](repeating: 77, count: width * height * 3))
        let rule = CenteredResize(.shorterSide(256), width: 224, height: 224, filter: .bicubic)
        let bytes = try image.jpeg(quality: 90)
        for orientation in [Orientation.upright, .rotated90, .mirrored] {
            let turned = bytes.turned(orientation)
            #expect(try ImageDecoder.decode(turned, resized: rule) == ImageDecoder.decode(turned).resized(rule))
        }
    }
}

/// The memory of resizing while decoding, which the limit on bytes holds too.
@Suite struct ReducedDecodingMemoryTests {
    /// 16,384 by 8 pixels of middle grey in a progressive file, of which libjpeg can leave out no columns, turned by a
    /// quarter. Each block is one bit: code 0 for "no difference to the block before".
    private static let ribbon: [UInt8] = {
        var bytes: [UInt8] = [0xFF, 0xD8, 0xFF, 0xDB, 0, 67, 0] + [UInt8](repeating: 1, count: 64)
        bytes += [0xFF, 0xC2, 0, 11, 8, 0, 8, 0x40, 0, 1, 1, 0x11, 0]
        bytes += [0xFF, 0xC4, 0, 20, 0, 1] + [UInt8](repeating: 0, count: 16)
        bytes += [0xFF, 0xDA, 0, 8, 1, 1, 0, 0, 0, 0] + [UInt8](repeating: 0, count: 16_384 / 8 / 8) + [0xFF, 0xD9]
        return bytes.turned(.rotated90)
    }()

    private static func limits() -> ImageLimits {
        var limits = ImageLimits()
        limits.maximumJPEGBytes = 2 << 20
        return limits
    }

    @Test func keepsOfEachRowOnlyWhatTheMiddleIsMadeOf() throws {
        let rule = CenteredResize(.shorterSide(1_645), width: 1_440, height: 1_440, filter: .bicubic)
        let image = try ImageDecoder.decode(Self.ribbon, limits: Self.limits(), resized: rule)
        #expect((image.width, image.height) == (1_440, 1_440))
        #expect(image.pixels.allSatisfy { $0 == 128 })
    }

    @Test func refusesAResizeThatNeedsMoreThanAllowed() throws {
        let rule = CenteredResize(
            .exactly(width: 256, height: 16_384), width: 256, height: 16_384, filter: .bicubic)
        #expect {
            try ImageDecoder.decode(Self.ribbon, limits: Self.limits(), resized: rule).width
        } throws: { error in
            if case .tooCostly(.jpeg, _) = error as? ImageError { true } else { false }
        }
    }
}

/// How the samples of colour lie in the JPEG files of a test.
enum Sampling: CaseIterable {
    case bothHalved, rowsQuartered, columnsHalved

    /// A file of noise and edges with this sampling, of a random size.
    func file(_ random: inout SeededGenerator) throws -> [UInt8] {
        let (width, height) = (Int.random(in: 1...150, using: &random), Int.random(in: 1...150, using: &random))
        switch self {
        case .bothHalved: return try random.image(width: width, height: height).jpeg(quality: 80)
        case .rowsQuartered:
            // A unit of four, one and one blocks is one of another shape in as many units: the picture is a scrambled one.
            let (columns, rows) = ((width + 31) / 32, (height + 7) / 8)
            let image = random.image(width: columns * 16, height: rows * 16)
            var file = try JPEGFile(image.jpeg(quality: 80))
            file.setSize(columns * 32 - width % 31, rows * 8 - height % 7)
            file.setLumaSampling(0x41)
            return file.bytes
        case .columnsHalved:
            var file = try JPEGFile(OwnFixtures.bytes("ycc422.jpg"))
            file.setSize(23, 37)
            file.setLumaSampling(0x12)
            return file.bytes
        }
    }
}

extension [UInt8] {
    /// The JPEG with an orientation in its header.
    func turned(_ orientation: Orientation) -> [UInt8] {
        var file = JPEGFile(self)
        file.insertEXIF(
            Array("II*\0\u{8}\0\0\0\u{1}\0".utf8)
                + [0x12, 1, 3, 0, 1, 0, 0, 0, UInt8(orientation.rawValue), 0, 0, 0, 0, 0, 0, 0])
        return file.bytes
    }
}
