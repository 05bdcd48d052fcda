import Tensors
import TestSupport
import Testing

@Suite struct AttentionTests {
    /// One head's (N, width) out of qkv (B·N, 3·D); `part` is 0 for q, 1 for k, 2 for v.
    private func head(_ qkv: Tensor, image: Int, head: Int, part: Int, tokens: Int, width: Int, heads: Int) -> Tensor {
        let columns = 3 * heads * width
        let scalars = (0..<tokens).flatMap { token in
            let start = (image * tokens + token) * columns + (part * heads + head) * width
            return qkv.scalars[start..<start + width]
        }
        return Tensor(shape: [tokens, width], scalars: scalars)
    }

    @Test(
        arguments: instructionSets,
        [
            (1, 1, 1, 1), (1, 5, 1, 4), (3, 29, 3, 64), (1, 197, 2, 64), (2, 70, 5, 33), (1, 33, 3, 32), (1, 64, 2, 48),
            (2, 31, 2, 80), (1, 50, 1, 96),
        ])
    func equalsItsFormula(_ name: String, _ shape: (Int, Int, Int, Int)) throws {
        let (images, tokens, heads, width) = shape
        let compute = try Compute(threads: 2, instructionSet: name)
        let qkv = Tensor.random([images * tokens, 3 * heads * width], seed: 1, in: -2...2)
        let out = Matrix(columns: heads * width), cls = Matrix(columns: tokens)
        out.resize(rows: images * tokens)
        cls.resize(rows: images * heads)
        let whole = AttentionShape(images: images, tokens: tokens, heads: heads, queries: tokens)
        compute.attention(Matrix(qkv), whole, into: out, scratch: AttentionScratch())
        compute.clsAttention(Matrix(qkv), whole, into: cls)
        for image in 0..<images {
            for index in 0..<heads {
                let parts = (0..<3).map {
                    head(qkv, image: image, head: index, part: $0, tokens: tokens, width: width, heads: heads)
                }
                let expected = Exact.attention(q: parts[0], k: parts[1], v: parts[2])
                let rows = (0..<tokens).flatMap {
                    out.copy(rows: [image * tokens + $0])[index * width..<(index + 1) * width]
                }
                #expect(largestDifference(Tensor(shape: [tokens, width], scalars: rows), expected.out) < 5e-6)
                let row = Array(expected.probabilities.scalars.prefix(tokens))
                let found = cls.copy(rows: [image * heads + index])
                #expect(zip(row, found).allSatisfy { abs($0 - $1) < 1e-6 })
            }
        }
    }

    @Test(arguments: instructionSets)
    func askingForTheFirstTokenAloneGivesItsRow(_ name: String) throws {
        let compute = try Compute(threads: 2, instructionSet: name)
        let qkv = Matrix(Tensor.random([3 * 41, 3 * 96], seed: 2))
        let all = Matrix(columns: 96), first = Matrix(columns: 96)
        all.resize(rows: 3 * 41)
        first.resize(rows: 3)
        let scratch = AttentionScratch()
        compute.attention(
            qkv, AttentionShape(images: 3, tokens: 41, heads: 3, queries: 41), into: all, scratch: scratch)
        compute.attention(
            qkv, AttentionShape(images: 3, tokens: 41, heads: 3, queries: 1), into: first, scratch: scratch)
        let expected = Tensor(shape: [3, 96], scalars: all.copy(rows: [0, 41, 82]))
        #expect(largestDifference(first.tensor, expected) < 1e-6)
    }

    /// Softmax of a row with NaN is NaN in the reference; hiding it would serve damaged weights. The lower bits of a NaN may be any.
    @Test(
        arguments: InstructionSet.all.map(\.name),
        [0x7FC0_0000, 0x7FC0_0001, 0xFFC0_01FF, 0x7FFF_FFFF, 0x7F80_0001] as [UInt32])
    func notANumberInQueriesKeysOrValuesStaysVisible(_ name: String, _ bits: UInt32) throws {
        for part in 0..<3 { try expectVisible(Float(bitPattern: bits), part, name) }
    }

    private func expectVisible(_ value: Float, _ part: Int, _ name: String) throws {
        let compute = try Compute(threads: 1, instructionSet: name)
        var tensor = Tensor.random([20, 3 * 16], seed: 4)
        tensor.scalars[7 * 48 + part * 16 + 3] = value
        let out = Matrix(columns: 16)
        out.resize(rows: 20)
        compute.attention(
            Matrix(tensor), AttentionShape(images: 1, tokens: 20, heads: 1, queries: 20), into: out,
            scratch: AttentionScratch())
        #expect(out.copy(rows: [7]).contains { $0.isNaN })
        if part > 0 { #expect(out.copy(rows: [0]).contains { $0.isNaN }) }
    }

    @Test(arguments: instructionSets)
    func scoresBeyondTheExponentsRangeStayFinite(_ name: String) throws {
        let compute = try Compute(threads: 1, instructionSet: name)
        let qkv = Matrix(Tensor.random([20, 3 * 16], seed: 3, in: -300...300))
        let out = Matrix(columns: 16)
        out.resize(rows: 20)
        compute.attention(
            qkv, AttentionShape(images: 1, tokens: 20, heads: 1, queries: 20), into: out, scratch: AttentionScratch())
        #expect(out.tensor.scalars.allSatisfy { $0.isFinite && abs($0) <= 300.001 })
    }
}
