import Tensors
import TestSupport
import Testing

@Suite struct AttentionBackwardTests {
    /// Images, tokens, heads, a head's width, queries.
    static let shapes = [
        (1, 1, 1, 1, 1), (2, 5, 2, 15, 5), (1, 17, 1, 16, 17), (3, 29, 2, 17, 29), (1, 57, 1, 31, 57),
        (2, 33, 1, 33, 1),
        (3, 65, 2, 64, 1), (2, 31, 2, 97, 7), (1, 97, 3, 15, 30), (1, 28, 1, 32, 28), (2, 16, 4, 8, 16),
    ]

    private func matrix(_ rows: Rows) -> Matrix {
        Matrix(Tensor(shape: [rows.count, rows.columns], scalars: rows.floats))
    }

    @Test(arguments: InstructionSet.all, shapes)
    func itsGradientEqualsTheJacobians(_ set: InstructionSet, _ shape: (Int, Int, Int, Int, Int)) throws {
        let (images, tokens, heads, width, queries) = shape, d = heads * width
        let compute = try set.compute(threads: 2), scratch = AttentionScratch()
        let qkv = Rows.random(images * tokens, 3 * d, seed: 1, in: -2...2)
        let dout = Rows.random(images * queries, d, seed: 2)
        let out = Matrix(columns: d), dqkv = matrix(Rows(images * tokens, 3 * d, qkv.values.map { _ in .nan }))
        out.resize(rows: images * queries)
        let asked = AttentionShape(images: images, tokens: tokens, heads: heads, queries: queries)
        compute.attention(matrix(qkv), asked, into: out, scratch: scratch)
        compute.attentionBackward(matrix(qkv), asked, out: out, dout: matrix(dout), into: dqkv, scratch: scratch)

        let answers = Exact.attention(qkv, images: images, heads: heads, queries: queries)
        #expect(relativeDifference(out.tensor.scalars, answers.values) < set.attention)
        let expected = Exact.attentionBackward(qkv, images: images, heads: heads, dout: dout)
        let all = Rows(images * tokens, 3 * d, dqkv.tensor.scalars.map(Double.init))
        for part in 0..<3 {
            let found = all.columns(part * d..<(part + 1) * d).values
            let wanted = expected.columns(part * d..<(part + 1) * d).values
            #expect(Self.isClose(found, wanted, within: set.attention), "of \(["queries", "keys", "values"][part])")
        }
    }

    /// Whether two agree; what is zero by the formula (the scores of one token alone) may be a rounding of it.
    private static func isClose(_ found: [Double], _ expected: [Double], within limit: Double) -> Bool {
        if expected.allSatisfy({ abs($0) < 1e-12 }) { return found.allSatisfy { abs($0) < limit } }
        return relativeDifference(found, expected) < limit
    }

    /// The gradient of what nobody asked for is zero, not what memory held before.
    @Test(arguments: InstructionSet.all)
    func queriesThatWereNotAskedGetNoGradient(_ set: InstructionSet) throws {
        let compute = try set.compute(), scratch = AttentionScratch(), out = Matrix(columns: 24)
        let qkv = Rows.random(2 * 9, 72, seed: 3), dout = Rows.random(2 * 2, 24, seed: 4)
        let dqkv = matrix(Rows(18, 72, qkv.values.map { _ in .nan }))
        out.resize(rows: 4)
        let asked = AttentionShape(images: 2, tokens: 9, heads: 2, queries: 2)
        compute.attention(matrix(qkv), asked, into: out, scratch: scratch)
        compute.attentionBackward(matrix(qkv), asked, out: out, dout: matrix(dout), into: dqkv, scratch: scratch)
        for row in 0..<18 {
            let queries = dqkv.copy(rows: [row]).prefix(24)
            #expect(queries.allSatisfy { $0 == 0 } == (row % 9 >= 2))
        }
    }

    @Test(arguments: InstructionSet.all)
    func itDoesNotDependOnTheNumberOfThreads(_ set: InstructionSet) throws {
        let qkv = Rows.random(3 * 30, 3 * 32, seed: 5), dout = Rows.random(3 * 30, 32, seed: 6)
        let asked = AttentionShape(images: 3, tokens: 30, heads: 2, queries: 30)
        let results = try (1...3).map { threads in
            let compute = try set.compute(threads: threads), scratch = AttentionScratch()
            let out = Matrix(columns: 32), dqkv = Matrix(columns: 96)
            out.resize(rows: 90)
            dqkv.resize(rows: 90)
            compute.attention(matrix(qkv), asked, into: out, scratch: scratch)
            compute.attentionBackward(matrix(qkv), asked, out: out, dout: matrix(dout), into: dqkv, scratch: scratch)
            return dqkv.tensor
        }
        #expect(results[0] == results[1] && results[0] == results[2])
    }

    @Test(arguments: InstructionSet.all)
    func scoresBeyondTheExponentsRangeStayFinite(_ set: InstructionSet) throws {
        let compute = try set.compute(), scratch = AttentionScratch(), out = Matrix(columns: 16)
        let qkv = matrix(Rows.random(20, 48, seed: 7, in: -300...300)), dqkv = Matrix(columns: 48)
        out.resize(rows: 20)
        dqkv.resize(rows: 20)
        let asked = AttentionShape(images: 1, tokens: 20, heads: 1, queries: 20)
        compute.attention(qkv, asked, into: out, scratch: scratch)
        compute.attentionBackward(
            qkv, asked, out: out, dout: matrix(Rows.random(20, 16, seed: 8)), into: dqkv, scratch: scratch)
        #expect(dqkv.tensor.scalars.allSatisfy { $0.isFinite })
    }
}
