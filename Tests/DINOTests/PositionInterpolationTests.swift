import DINO
import Testing

@Suite struct PositionInterpolationTests {
    /// Rows that PyTorch gives for M = 8 → 4.
    @Test(
        arguments: [
            (0.1, false, 0, [0.527432, 0.561533, -0.088964, 0, 0, 0, 0, 0]),
            (0.1, false, 1, [0, -0.105168, 0.687289, 0.496195, -0.078316, 0, 0, 0]),
            (0, false, 0, [0.5, 0.59375, -0.09375, 0, 0, 0, 0, 0]),
            (0, false, 1, [0, -0.09375, 0.59375, 0.59375, -0.09375, 0, 0, 0]),
            (0, true, 0, [0.464435, 0.464435, 0.121339, -0.037657, -0.012552, 0, 0, 0]),
        ] as [(Double, Bool, Int, [Float])])
    func rowsEqualTheReferences(_ offset: Double, _ antialias: Bool, _ row: Int, _ expected: [Float]) {
        let weights = PositionInterpolation(offset: offset, antialias: antialias).weights(from: 8, to: 4)
        let found = Array(weights.scalars[row * 8..<(row + 1) * 8])
        #expect(zip(found, expected).allSatisfy { abs($0 - $1) < 2e-6 }, "\(found)")
    }

    @Test(
        arguments: [(1, 1), (1, 9), (7, 1), (14, 20), (37, 16), (3, 100)],
        [(0, false), (0, true), (0.1, false), (0.1, true)])
    func everyRowSumsToOne(_ sizes: (Int, Int), _ rule: (Double, Bool)) {
        let (source, target) = sizes
        let weights = PositionInterpolation(offset: rule.0, antialias: rule.1).weights(from: source, to: target)
        for row in 0..<target {
            let sum = weights.scalars[row * source..<(row + 1) * source].reduce(0, +)
            #expect(abs(sum - 1) < 1e-5)
        }
    }
}
