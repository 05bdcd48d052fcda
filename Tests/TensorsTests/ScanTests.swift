import Tensors
import TestSupport
import Testing

@Suite struct ScanTests {
    static let dimensions = [1, 7, 15, 16, 17, 64, 192, 384, 1000, 1536]

    private func unit(_ count: Int, seed: UInt64, peak: Bool = false) -> [Float] {
        var generator = SeededGenerator(seed: seed)
        var vector = (0..<count).map { _ in Double.random(in: -1...1, using: &generator) }
        // One number far above the others makes the coarse steps wide.
        if peak { vector[count / 2] = 30 }
        let length = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
        return vector.map { Float($0 / length) }
    }

    private func rows(_ vectors: [[Float]], _ compute: Compute) -> QuantizedRows {
        let rows = QuantizedRows(dimensions: vectors[0].count, capacity: vectors.count)
        for (row, vector) in vectors.enumerated() { compute.quantize(vector.span, into: rows, at: row) }
        return rows
    }

    @Test(arguments: instructionSets, dimensions)
    func boundsOfBothLooksHoldTheExactProduct(_ set: String, _ dimensions: Int) throws {
        let compute = try Compute(threads: 1, instructionSet: set)
        let vectors = (0..<83).map { unit(dimensions, seed: UInt64($0), peak: $0 % 3 == 0) }
        let rows = rows(vectors, compute)
        // From 1 to 13 queries: every remainder of the tiles' widths.
        for count in 1...13 {
            let asked = (0..<count).map { unit(dimensions, seed: UInt64(1000 + $0), peak: $0 % 4 == 3) }
            let queries = QuantizedQueries(asked, dimensions: dimensions, on: compute)
            let buffer = ScanBuffer(queries, groups: 6)
            compute.scan(rows, groups: 0..<6, masks: [], with: buffer)
            for query in 0..<count {
                var seen: [Int] = []
                buffer.forEachHit(of: query) { row, bounds in
                    seen.append(row)
                    guard row < vectors.count else { return }
                    let exact = Exact.product(asked[query], vectors[row])
                    #expect(bounds.lower <= exact && exact <= bounds.upper)
                    // Each of two vectors is off by half a step in each number at most.
                    let steps = [asked[query], vectors[row]].map { Double($0.map(abs).max() ?? 0) / 127 }
                    let widest = steps.reduce(0, +) * Double(dimensions).squareRoot()
                    #expect(bounds.upper - bounds.lower <= 1.01 * widest + 1e-5)
                    let close = compute.refine(query, of: queries, with: rows, row: row)
                    #expect(close.lower <= exact && exact <= close.upper)
                    #expect(close.upper - close.lower <= widest / 100 + 4e-4)
                }
                #expect(seen == Array(0..<96))
            }
        }
    }

    @Test(arguments: instructionSets, dimensions)
    func productsAreThoseOfTheRoundedNumbers(_ set: String, _ dimensions: Int) throws {
        let compute = try Compute(threads: 1, instructionSet: set)
        let vectors = (0..<32).map { unit(dimensions, seed: UInt64($0)) }
        let asked = (0..<7).map { unit(dimensions, seed: UInt64(100 + $0)) }
        let rows = rows(vectors, compute), queries = QuantizedQueries(asked, dimensions: dimensions, on: compute)
        let buffer = ScanBuffer(queries, groups: 2)
        compute.scan(rows, groups: 0..<2, masks: [], with: buffer)
        for query in asked.indices {
            let (scale, numbers) = Exact.quantize(asked[query].map(Double.init))
            buffer.forEachHit(of: query) { row, bounds in
                let (rowScale, rowNumbers) = Exact.quantize(vectors[row].map(Double.init))
                let product = Double(zip(numbers, rowNumbers).reduce(0) { $0 + $1.0 * $1.1 }) * scale * rowScale
                // A number that lies in the middle of two may be rounded either way: one step of one pair.
                #expect(abs((bounds.lower + bounds.upper) / 2 - product) <= 1e-6 + 127 * scale * rowScale)
            }
        }
    }

    @Test(arguments: instructionSets)
    func findsExactlyTheRowsOfTheMaskThatReachTheThreshold(_ set: String) throws {
        let compute = try Compute(threads: 1, instructionSet: set)
        let vectors = (0..<160).map { unit(48, seed: UInt64($0)) }
        let asked = (0..<5).map { unit(48, seed: UInt64(500 + $0)) }
        let rows = rows(vectors, compute), queries = QuantizedQueries(asked, dimensions: 48, on: compute)
        let all = ScanBuffer(queries, groups: 10), some = ScanBuffer(queries, groups: 10)
        compute.scan(rows, groups: 0..<10, masks: [], with: all)
        var generator = SeededGenerator(seed: 9)
        for trial in 0..<20 {
            let masks = (0..<10).map { group in
                (group + trial) % 3 == 0 ? 0 : UInt16.random(in: 0...65535, using: &generator)
            }
            let groups = trial % 4..<10 - trial % 3
            for query in asked.indices { some.setThreshold(0.1, of: query) }
            compute.scan(rows, groups: groups, masks: masks, with: some)
            for query in asked.indices {
                var expected: Set<Int> = [], likely: Set<Int> = [], found: [Int] = []
                all.forEachHit(of: query) { row, bounds in
                    guard groups.contains(row / 16), masks[row / 16] >> UInt16(row % 16) & 1 == 1 else { return }
                    if bounds.upper >= 0.1 { expected.insert(row) }
                    if bounds.upper >= 0.1 - 4e-6 { likely.insert(row) }
                }
                some.forEachHit(of: query) { row, _ in found.append(row) }
                #expect(found == found.sorted())
                #expect(expected.isSubset(of: found) && likely.isSuperset(of: found))
            }
        }
    }

    @Test func everyInstructionSetMakesTheSameCodesAndProducts() throws {
        let vectors = (0..<48).map { unit(192, seed: UInt64($0)) },
            asked = (0..<6).map { unit(192, seed: UInt64(90 + $0)) }
        let middles = try instructionSets.map { set in
            let compute = try Compute(threads: 1, instructionSet: set)
            let queries = QuantizedQueries(asked, dimensions: 192, on: compute), rows = rows(vectors, compute)
            let buffer = ScanBuffer(queries, groups: 3)
            compute.scan(rows, groups: 0..<3, masks: [], with: buffer)
            var middles: [Double] = []
            for query in asked.indices {
                buffer.forEachHit(of: query) { _, bounds in middles.append((bounds.lower + bounds.upper) / 2) }
            }
            return middles
        }
        for other in middles.dropFirst() {
            // Margins, whose sums of squares are rounded in other orders, shift a middle's last bits.
            #expect(other.count == middles[0].count && zip(middles[0], other).allSatisfy { abs($0 - $1) < 1e-12 })
        }
    }

    @Test func aCopiedRowScoresAsItsOriginal() throws {
        let compute = try Compute(threads: 1)
        let vectors = (0..<20).map { unit(70, seed: UInt64($0)) }
        let queries = QuantizedQueries([unit(70, seed: 77)], dimensions: 70, on: compute)
        let rows = rows(vectors, compute), copies = QuantizedRows(dimensions: 70, capacity: 40)
        for row in 0..<20 { copies.copy(row: row, of: rows, to: 39 - row) }
        for row in 0..<20 {
            let (a, b) = (
                compute.refine(0, of: queries, with: rows, row: row),
                compute.refine(0, of: queries, with: copies, row: 39 - row)
            )
            #expect(a.lower == b.lower && a.upper == b.upper)
        }
    }
}
