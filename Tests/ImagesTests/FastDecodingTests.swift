import Foundation
import Images
import TestSupport
import Testing

/// JPEG files decoded at a fraction of their size: how far the pixels of the small picture are from the exact ones.
///
/// The bounds are those of docs/models.md, where the resize gets the least that it may.
@Suite struct FastDecodingTests {
    /// How the samples of two pictures of a size differ, in levels of 255.
    private struct Difference {
        let mean: Double
        let largest: Int

        /// Between a file's pictures by the exact and by the fast decoder.
        init(_ bytes: [UInt8], _ rule: CenteredResize) throws {
            let exact = try ImageDecoder.decode(bytes, resized: rule)
            let fast = try ImageDecoder.decode(bytes, resized: rule, fast: true)
            let levels = zip(exact.pixels, fast.pixels).map { abs(Int($0) - Int($1)) }
            (mean, largest) = (Double(levels.reduce(0, +)) / Double(levels.count), levels.max() ?? 0)
        }
    }

    private static func square(_ side: Int) -> CenteredResize {
        CenteredResize(.shorterSide(side), width: side, height: side, filter: .bicubic)
    }

    @Test(.enabled(if: SharedFixtures.areUsable), arguments: [2, 4, 8])
    func changesPhotographsByLessThanALevelOnAverage(denominator: Int) throws {
        let differences = try SharedFolder.photographs().map { bytes in
            let info = try ImageDecoder.info(bytes)
            return try Difference(bytes, Self.square(min(info.width, info.height) / (2 * denominator)))
        }
        #expect(differences.count >= 100)
        #expect(differences.reduce(0) { $0 + $1.mean } / Double(differences.count) <= 1)
        let most = denominator == 8 ? 3.0 : 2
        #expect(differences.allSatisfy { $0.mean > 0 && $0.mean <= most && $0.largest <= 32 })
    }

    /// Noise, and squares of black and white that end within blocks, with them, and near the finest that is left.
    @Test(arguments: [nil, 1, 3, 5, 7, 8, 11, 12, 16, 37])
    func changesHostilePicturesBySixteenLevelsOnAverageAtMost(square: Int?) throws {
        var random = SeededGenerator(seed: 3)
        let side = 1024
        let picture = square.map { square in
            let pixels = (0..<side * side * 3).map { index in
                let (x, y) = (index / 3 % side, index / 3 / side)
                return UInt8((x / square + y / square) % 2 * 255)
            }
            return RGBImage(width: side, height: side, pixels: pixels)
        }
        let bytes = try (picture ?? random.image(width: side, height: side)).jpeg(quality: 90)
        for denominator in [2, 4, 8] {
            let difference = try Difference(bytes, Self.square(side / (2 * denominator)))
            #expect(difference.mean <= 16, "at 1/\(denominator) \(difference)")
        }
    }

    /// Long waves keep their place, whatever is left of the last column and row.
    @Test(arguments: Orientation.allCases)
    func movesNothing(orientation: Orientation) throws {
        func wave(_ place: Int, _ length: Double) -> Double { 60 * cos(Double(place) / length * 2 * .pi) }
        for (width, height) in [(513, 515), (514, 512), (519, 517), (520, 518)] {
            let pixels = (0..<height * width).flatMap { index in
                [UInt8](repeating: UInt8(128 + wave(index % width, 256) + wave(index / width, 192)), count: 3)
            }
            let bytes = try RGBImage(width: width, height: height, pixels: pixels).jpeg(quality: 100).turned(
                orientation)
            for denominator in [2, 4, 8] {
                // A shift by a pixel of the original along one side is a whole level on average.
                let difference = try Difference(bytes, Self.square(512 / (2 * denominator)))
                #expect(
                    difference.mean <= 0.45 && difference.largest <= 3,
                    "\(width)×\(height) at 1/\(denominator): \(difference)")
            }
        }
    }

    @Test func saysWhatItDividesTheSidesBy() throws {
        var random = SeededGenerator(seed: 6)
        let picture = random.image(width: 512, height: 600)
        func denominators(_ bytes: [UInt8]) throws -> [Int] {
            let info = try ImageDecoder.info(bytes)
            return [32, 33, 64, 65, 128, 129].map { ImageDecoder.fastDenominator(of: info, resized: Self.square($0)) }
        }
        for orientation in [Orientation.upright, .rotated90] {
            #expect(try denominators(picture.jpeg(quality: 90).turned(orientation)) == [8, 4, 4, 2, 2, 1])
        }
        #expect(try denominators(picture.png()) == [1, 1, 1, 1, 1, 1])
    }

    @Test func decodesWhollyWhatIsNotTwiceAsLargeAsNeeded() throws {
        var random = SeededGenerator(seed: 4)
        let bytes = try random.image(width: 255, height: 300).jpeg(quality: 90)
        let (near, far) = (Self.square(64), Self.square(63))
        #expect(try ImageDecoder.decode(bytes, resized: near, fast: true) == ImageDecoder.decode(bytes, resized: near))
        #expect(try ImageDecoder.decode(bytes, resized: far, fast: true) != ImageDecoder.decode(bytes, resized: far))
    }
}
