import FeatureAPI
import FeatureStorage
import Tensors
import TestSupport
import Testing

@Suite struct RegionMatcherTests {
    struct Shape: Sendable, CustomTestStringConvertible {
        let region, height, width, dimensions: Int
        var testDescription: String { "\(region) patches against \(height) × \(width) of \(dimensions)" }
    }

    @Test(arguments: [
        Shape(region: 1, height: 1, width: 1, dimensions: 3),
        Shape(region: 1, height: 16, width: 16, dimensions: 384),
        Shape(region: 7, height: 3, width: 5, dimensions: 17),
        Shape(region: 30, height: 16, width: 16, dimensions: 384),
        Shape(region: 35, height: 5, width: 7, dimensions: 64),
        Shape(region: 33, height: 1, width: 9, dimensions: 31),
    ])
    func agreesWithItsSpecification(_ shape: Shape) throws {
        var generator = SeededGenerator(seed: 11)
        let region = (0..<shape.region).map { _ in Self.vector(shape.dimensions, &generator) }
        let stored = (0..<9).map { _ in Self.stored(shape, &generator) }
        for threads in [1, 2] {
            let matches = try Self.matcher(region, threads: threads).match(stored)
            #expect(matches.count == stored.count)
            for (match, patches) in zip(matches, stored) {
                let match = try #require(match), expected = Specification.match(region, patches)
                #expect(abs(Double(match.score) - expected.score) < 1e-5)
                #expect(abs(Double(match.regionScore) - expected.regionScore) < 1e-5)
                #expect(match.columns == expected.columns)
                #expect(match.rows == expected.rows)
            }
        }
    }

    @Test func findsAPatternWhereItWasPut() throws {
        var generator = SeededGenerator(seed: 3)
        let shape = Shape(region: 6, height: 8, width: 10, dimensions: 48)
        var patches = Self.stored(shape, &generator)
        let region = (0..<6).map { _ in Self.vector(48, &generator) }
        // Two rows of three patches, from the row 4 and the column 5 on.
        for (index, vector) in region.enumerated() {
            let place = (4 + index / 3) * 10 + 5 + index % 3
            patches.values.replaceSubrange(place * 48..<(place + 1) * 48, with: Self.quantized(vector))
        }
        let match = try #require(try Self.matcher(region, threads: 1).match([patches])[0])
        #expect(match.columns == 5..<8)
        #expect(match.rows == 4..<6)
        #expect(match.score > 0.99)
        #expect(match.regionScore == match.score)
    }

    @Test func prefersTheGroupOfMostPatches() throws {
        // Three patches in a corner and one, alone and exact, in the other.
        let axes: [[Float]] = [[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]]
        var values = [Int8](repeating: 0, count: 25 * 4)
        for (place, vector) in [(0, 0), (1, 1), (5, 2), (24, 3)] { values[place * 4 + vector] = 100 }
        values[0 * 4 + 3] = 50
        values[1 * 4 + 3] = -50
        let patches = PatchFeatures(height: 5, width: 5, scales: Array(repeating: 1, count: 25), values: values)
        let match = try #require(try Self.matcher(axes, threads: 1).match([patches])[0])
        #expect(match.columns == 0..<2)
        #expect(match.rows == 0..<2)
        #expect(match.regionScore < match.score)
    }

    @Test func givesAPatchOfZerosTheCosineZero() throws {
        let patches = PatchFeatures(height: 1, width: 2, scales: [0, 0], values: Array(repeating: 0, count: 6))
        let match = try #require(try Self.matcher([[1, 2, 3]], threads: 1).match([patches])[0])
        #expect(match.score == 0)
    }

    @Test func skipsPatchesOfAnotherWidth() throws {
        let wide = PatchFeatures(height: 1, width: 1, scales: [1], values: [1, 2, 3, 4])
        let lost = PatchFeatures(height: 2, width: 1, scales: [1, 1], values: [1, 2, 3])
        let fits = PatchFeatures(height: 1, width: 1, scales: [1], values: [1, 2, 3])
        let matches = try Self.matcher([[1, 2, 3]], threads: 2).match([wide, fits, lost])
        #expect(matches.map { $0 == nil } == [true, false, true])
    }

    static func matcher(_ region: [[Float]], threads: Int) throws -> RegionMatcher {
        let patches = Tensor(shape: [region.count, region[0].count], scalars: region.flatMap { $0 })
        return try RegionMatcher(region: patches, compute: Compute(threads: threads))
    }

    static func vector(_ count: Int, _ generator: inout SeededGenerator) -> [Float] {
        (0..<count).map { _ in Float.random(in: -1...1, using: &generator) }
    }

    static func quantized(_ vector: [Float]) -> [Int8] {
        let largest = vector.map(abs).max() ?? 1
        return vector.map { Int8(($0 / largest * 127).rounded()) }
    }

    static func stored(_ shape: Shape, _ generator: inout SeededGenerator) -> PatchFeatures {
        let count = shape.height * shape.width
        let values = (0..<count * shape.dimensions).map { _ in Int8.random(in: -127...127, using: &generator) }
        return PatchFeatures(
            height: shape.height, width: shape.width, scales: Array(repeating: 0.01, count: count), values: values)
    }
}

/// What a match is, in double precision and as slowly as it reads.
private enum Specification {
    static func match(
        _ region: [[Float]], _ stored: PatchFeatures
    ) -> (score: Double, columns: Range<Int>, rows: Range<Int>, regionScore: Double) {
        let width = region[0].count, count = stored.height * stored.width
        let patches = (0..<count).map { stored.values[$0 * width..<($0 + 1) * width].map(Double.init) }
        let cosines = region.map { vector in patches.map { cosine(vector.map(Double.init), $0) } }
        let best = cosines.map { $0.max() ?? 0 }
        let places = zip(cosines, best).map { row, best in row.firstIndex(of: best) ?? 0 }
        let score = best.reduce(0, +) / Double(best.count)
        let marked = (0..<count).filter { patch in
            places.contains(patch) || cosines.contains { $0[patch] >= score }
        }
        // Each patch takes the smallest place among its neighbours' until nothing changes.
        var group = Dictionary(uniqueKeysWithValues: marked.map { ($0, $0) })
        var isSettled = false
        while !isSettled {
            isSettled = true
            for (a, b) in marked.flatMap({ a in marked.map { (a, $0) } })
            where touch(a, b, stored.width) && (group[b] ?? 0) < (group[a] ?? 0) {
                group[a] = group[b]
                isSettled = false
            }
        }
        let votes = Dictionary(grouping: zip(best, places)) { group[$0.1] ?? 0 }
        let winner = votes.sorted { $0.key < $1.key }.max { one, other in
            one.value.count == other.value.count
                ? one.value.map(\.0).reduce(0, +) < other.value.map(\.0).reduce(0, +)
                : one.value.count < other.value.count
        }
        let members = group.filter { $0.value == winner?.key }.map(\.key)
        let columns = members.map { $0 % stored.width }, rows = members.map { $0 / stored.width }
        let inside = (winner?.value ?? []).map(\.0)
        return (
            score, (columns.min() ?? 0)..<(columns.max() ?? 0) + 1, (rows.min() ?? 0)..<(rows.max() ?? 0) + 1,
            inside.reduce(0, +) / Double(max(inside.count, 1))
        )
    }

    private static func cosine(_ a: [Double], _ b: [Double]) -> Double {
        let product = zip(a, b).reduce(0) { $0 + $1.0 * $1.1 }
        let lengths = [a, b].map { $0.reduce(0) { $0 + $1 * $1 }.squareRoot() }
        return product / max(lengths[0] * lengths[1], 1e-12)
    }

    private static func touch(_ a: Int, _ b: Int, _ width: Int) -> Bool {
        a != b && abs(a % width - b % width) <= 1 && abs(a / width - b / width) <= 1
    }
}
