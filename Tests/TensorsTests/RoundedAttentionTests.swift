import Tensors
import TestSupport
import Testing

/// Attention between products of bfloat16: the weights of its tiles are never seen in float32.
@Suite(.enabled(if: InstructionSet.all.contains(where: \.rounds), "this processor has no bfloat16"))
struct RoundedAttentionTests {
    private static let sets = InstructionSet.all.filter(\.rounds)

    private func attention(_ qkv: Rows, heads: Int, queries: Int, by set: InstructionSet, threads: Int = 1) throws
        -> Tensor
    {
        let out = Matrix(columns: qkv.columns / 3)
        out.resize(rows: queries)
        try set.compute(threads: threads).attention(
            Matrix(qkv.tensor), AttentionShape(images: 1, tokens: qkv.count, heads: heads, queries: queries), into: out,
            scratch: AttentionScratch())
        return out.tensor
    }

    @Test(
        arguments: sets,
        [
            (1, 1, 1), (2, 1, 64), (16, 2, 64), (17, 1, 33), (31, 1, 300), (32, 3, 16), (33, 1, 80), (197, 2, 64),
            (255, 1, 8), (257, 1, 64), (785, 1, 64),
        ])
    func equalsItsFormulaButForRoundings(_ set: InstructionSet, _ shape: (Int, Int, Int)) throws {
        let (tokens, heads, width) = shape
        let qkv = set.operand(Rows.random(tokens, 3 * heads * width, seed: 1, in: -2...2))
        let expected = Exact.attention(qkv, images: 1, heads: heads, queries: tokens)
        let found = try attention(qkv, heads: heads, queries: tokens, by: set)
        #expect(relativeDifference(found.scalars, expected.values) < 4e-3)
    }

    /// Scores of which it is not known before how large they are: the keys' length and their mean leave too much room.
    @Test(arguments: sets, [3, 40, 197])
    func scoresFarBelowTheirBoundAreTakenFromTheLargest(_ set: InstructionSet, _ tokens: Int) throws {
        let width = 64
        // Queries across all keys but for a little: |q|·|k| is 4·10⁴, a score at most some hundred.
        var values = Rows.random(tokens, 3 * width, seed: 2, in: -1...1).values
        for token in 0..<tokens {
            for i in 0..<width where i % 2 == 0 { values[token * 3 * width + i] *= 100 }
            for i in 0..<width where i % 2 == 1 { values[token * 3 * width + width + i] *= 100 }
        }
        let qkv = set.operand(Rows(tokens, 3 * width, values))
        let expected = Exact.attention(qkv, images: 1, heads: 1, queries: tokens)
        let found = try attention(qkv, heads: 1, queries: tokens, by: set)
        #expect(relativeDifference(found.scalars, expected.values) < 4e-3)
    }

    /// A row's answer is its own: others that need the longer way, or are asked for beside it, do not change a bit of it.
    @Test(arguments: sets)
    func aRowDoesNotDependOnTheOthers(_ set: InstructionSet) throws {
        let tokens = 61, width = 64
        var values = Rows.random(tokens, 3 * width, seed: 3, in: -2...2).values
        let plain = set.operand(Rows(tokens, 3 * width, values))
        for i in 0..<width { values[5 * 3 * width + i] *= 1e4 }
        let mixed = set.operand(Rows(tokens, 3 * width, values))

        let all = try attention(plain, heads: 1, queries: tokens, by: set)
        let beside = try attention(mixed, heads: 1, queries: tokens, by: set)
        let first = try attention(plain, heads: 1, queries: 1, by: set)
        let parted = try attention(plain, heads: 1, queries: tokens, by: set, threads: 3)
        for row in 0..<tokens where row != 5 {
            #expect(all.scalars[row * width..<(row + 1) * width] == beside.scalars[row * width..<(row + 1) * width])
        }
        #expect(first.scalars[...] == all.scalars[..<width])
        #expect(parted == all)
    }

    /// The largest weight of a row is any power of two that its bounds allow, and meets the values before it is divided by.
    @Test(arguments: sets, [1e-15, 1, 1e15])
    func weightsFarFromOneMeetValuesOfAnySize(_ set: InstructionSet, _ size: Double) throws {
        let tokens = 40, width = 64
        for scale in [1.0, 3, 4, 5, 6] {  // bounds from some ten powers apart to over a hundred
            let values = Rows.random(tokens, 3 * width, seed: 5, in: -1...1).values.enumerated().map {
                $0 % (3 * width) < 2 * width ? $1 * scale : $1 * size
            }
            let qkv = set.operand(Rows(tokens, 3 * width, values))
            let expected = Exact.attention(qkv, images: 1, heads: 1, queries: tokens)
            let found = try attention(qkv, heads: 1, queries: tokens, by: set)
            #expect(relativeDifference(found.scalars, expected.values) < 6e-3, "\(scale)")
        }
    }

    @Test(arguments: sets)
    func theAnswerIsAMeanOfValuesHoweverLargeTheScores(_ set: InstructionSet) throws {
        for range: Float in [30, 300, 3e4, 3e8] {
            var qkv = Rows.random(50, 3 * 16, seed: 4, in: -range...range)
            qkv = Rows(50, 48, qkv.values.enumerated().map { $0 % 48 < 32 ? $1 : $1 / Double(range) })
            let found = try attention(qkv, heads: 1, queries: 50, by: set)
            #expect(found.scalars.allSatisfy { abs($0) <= 1.01 }, "\(range)")
        }
    }
}
