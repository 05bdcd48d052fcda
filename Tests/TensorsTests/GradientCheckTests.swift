import TestSupport
import Testing

/// The specification's gradients beside the quotients of small differences, in double precision.
@Suite struct GradientCheckTests {
    private let limit = 1e-6

    /// How far the gradient of `dy·layer(x)` is from the claimed one.
    private func error(_ x: Rows, claimed: Rows, dy: Rows, _ layer: (Rows) -> Rows) -> Double {
        Exact.gradientError(
            of: { dot(dy.values, layer(Rows(x.count, x.columns, $0)).values) }, at: x.values,
            claimed: claimed.values)
    }

    @Test func linear() {
        let x = Rows.random(3, 5, seed: 1), w = Rows.random(4, 5, seed: 2), b = Rows.random(1, 4, seed: 3)
        let dy = Rows.random(3, 4, seed: 4), gradient = Exact.linearBackward(x, w, dy: dy)
        #expect(error(x, claimed: gradient.dx, dy: dy) { Exact.linear($0, w, b) } < limit)
        #expect(error(w, claimed: gradient.dWeight, dy: dy) { Exact.linear(x, $0, b) } < limit)
        #expect(error(b, claimed: gradient.dBias, dy: dy) { Exact.linear(x, w, $0) } < limit)
    }

    @Test func gelu() {
        let x = Rows.random(4, 25, seed: 5, in: -5...5), dy = Rows.random(4, 25, seed: 6)
        #expect(error(x, claimed: Exact.geluBackward(x, dy: dy), dy: dy) { Exact.gelu($0) } < limit)
    }

    @Test func layerNorm() {
        let x = Rows.random(3, 7, seed: 7), w = Rows.random(1, 7, seed: 8), b = Rows.random(1, 7, seed: 9)
        let dy = Rows.random(3, 7, seed: 10), gradient = Exact.layerNormBackward(x, weight: w, dy: dy)
        #expect(error(x, claimed: gradient.dx, dy: dy) { Exact.layerNorm($0, weight: w, bias: b) } < limit)
        #expect(error(w, claimed: gradient.dWeight, dy: dy) { Exact.layerNorm(x, weight: $0, bias: b) } < limit)
        #expect(error(b, claimed: gradient.dBias, dy: dy) { Exact.layerNorm(x, weight: w, bias: $0) } < limit)
    }

    @Test(arguments: [1, 2, 5])
    func attentionOfSomeTokens(_ queries: Int) {
        let qkv = Rows.random(2 * 5, 3 * 6, seed: 11, in: -2...2), dout = Rows.random(2 * queries, 6, seed: 12)
        let claimed = Exact.attentionBackward(qkv, images: 2, heads: 2, dout: dout)
        let found = error(qkv, claimed: claimed, dy: dout) {
            Exact.attention($0, images: 2, heads: 2, queries: queries)
        }
        #expect(found < limit)
    }

    @Test func aFeedForwardHalfWithItsResidual() {
        let x = Rows.random(3, 4, seed: 13), dy = Rows.random(3, 4, seed: 14), norm = Rows.random(2, 4, seed: 15)
        let (weight, bias) = (norm.rows(0..<1), norm.rows(1..<2))
        let fc1 = Rows.random(8, 4, seed: 16), fc2 = Rows.random(4, 8, seed: 17)
        let normed = Exact.layerNorm(x, weight: weight, bias: bias), pre = Exact.linear(normed, fc1)
        let dact = Exact.linearBackward(Exact.gelu(pre), fc2, dy: dy).dx
        let dnormed = Exact.linearBackward(normed, fc1, dy: Exact.geluBackward(pre, dy: dact)).dx
        let claimed = dy.plus(Exact.layerNormBackward(x, weight: weight, dy: dnormed).dx)
        let found = error(x, claimed: claimed, dy: dy) { x in
            let pre = Exact.linear(Exact.layerNorm(x, weight: weight, bias: bias), fc1)
            return x.plus(Exact.linear(Exact.gelu(pre), fc2))
        }
        #expect(found < limit)
    }

    @Test(arguments: [(4, 2), (2, 4), (3, 3), (4, 7)])
    func positionsCarriedToAnotherGrid(_ sides: (trained: Int, grid: Int)) {
        let (trained, grid) = sides
        let learnt = Rows.random(1 + trained * trained, 2, seed: 18), dy = Rows.random(1 + grid * grid, 2, seed: 19)
        let claimed = Exact.positionsBackward(dy, trained: trained, grid: grid)
        let found = error(learnt, claimed: claimed, dy: dy) { Exact.positions($0, trained: trained, grid: grid) }
        #expect(found < limit)
    }

    /// PyTorch's rows for 8 → 4.
    @Test func positionWeightsAreTheReferences() {
        let weights = Exact.positionWeights(from: 8, to: 4)
        let rows = [[0.527432, 0.561533, -0.088964, 0, 0], [0, -0.105168, 0.687289, 0.496195, -0.078316]]
        for (row, expected) in rows.enumerated() {
            #expect(zip(weights.row(row), expected).allSatisfy { abs($0 - $1) < 2e-6 })
        }
    }

    @Test func patchesWithCLSAndPositions() {
        let pixels = Rows.random(2, 3 * 4 * 4, seed: 20)
        let patches = Rows(8, 12, (0..<2).flatMap { Exact.patches(pixels.row($0), side: 4, patch: 2).values })
        let weight = Rows.random(5, 12, seed: 21), bias = Rows.random(1, 5, seed: 22), cls = Rows.random(1, 5, seed: 23)
        let positions = Rows.random(5, 5, seed: 24), dy = Rows.random(10, 5, seed: 25)
        func embed(weight w: Rows? = nil, bias b: Rows? = nil, cls c: Rows? = nil, positions p: Rows? = nil) -> Rows {
            Exact.embed(
                patches, images: 2, weight: w ?? weight, bias: b ?? bias, cls: c ?? cls, positions: p ?? positions)
        }
        let gradient = Exact.embedBackward(patches, images: 2, weight: weight, dstream: dy)
        #expect(error(weight, claimed: gradient.dWeight, dy: dy) { embed(weight: $0) } < limit)
        #expect(error(bias, claimed: gradient.dBias, dy: dy) { embed(bias: $0) } < limit)
        #expect(error(cls, claimed: gradient.dCls, dy: dy) { embed(cls: $0) } < limit)
        #expect(error(positions, claimed: gradient.dPositions, dy: dy) { embed(positions: $0) } < limit)
    }

    @Test func unitLength() {
        let x = Rows.random(3, 6, seed: 26), dy = Rows.random(3, 6, seed: 27)
        #expect(error(x, claimed: Exact.normalizeBackward(x, dy: dy), dy: dy) { Exact.normalize($0) } < limit)
    }

    @Test func weightNormWithFrozenAndFreeGains() {
        let v = Rows.random(4, 5, seed: 28), gains = Rows.random(4, 1, seed: 29, in: 0.5...2)
        let dw = Rows.random(4, 5, seed: 30), gradient = Exact.weightNormBackward(v, gains: gains, dw: dw)
        #expect(error(v, claimed: gradient.dv, dy: dw) { Exact.weightNorm($0, gains: gains) } < limit)
        #expect(error(gains, claimed: gradient.dGains, dy: dw) { Exact.weightNorm(v, gains: $0) } < limit)
    }

    @Test func theLossOverPairsOfViews() {
        let views = (0..<4).map { Rows.random(2, 6, seed: 31 + $0) }
        let teacher = Rows.random(4, 6, seed: 40), center = Rows.random(1, 6, seed: 41, in: -0.2...0.2).values
        let all = Exact.targets(teacher, center: center, temperature: 0.2),
            targets = [all.rows(0..<2), all.rows(2..<4)]
        let claimed = Exact.lossBackward(views: views, targets: targets, temperature: 0.5)
        for view in 0..<4 {
            let found = Exact.gradientError(
                of: { values in
                    var changed = views
                    changed[view] = Rows(2, 6, values)
                    return Exact.loss(views: changed, targets: targets, temperature: 0.5)
                }, at: views[view].values, claimed: claimed[view].values)
            #expect(found < limit)
        }
    }
}
