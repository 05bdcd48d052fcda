import Tensors
import TestSupport
import Testing

@Suite struct UnitLengthTests {
    @Test(arguments: InstructionSet.all, awkwardSizes)
    func normalisedRowsAndTheirGradientEqualTheirFormulas(_ set: InstructionSet, _ width: Int) throws {
        let compute = try set.compute()
        for count in [0, 1, 5] {
            let x = Rows.random(count, width, seed: 1, in: 1...3), dy = Rows.random(count, width, seed: 2)
            let y = Framed(blank: count, width), dx = Framed(blank: count, width)
            compute.normalizeForward(Framed(x).rows, into: y.rows)
            compute.normalizeBackward(Framed(x).rows, y: y.rows, dy: Framed(dy).rows, into: dx.rows)
            #expect(relativeDifference(y.values, Exact.normalize(x).values) < set.exactness)
            // A row of one number has the gradient zero; its rounding is all there is to see.
            let expected = Exact.normalizeBackward(x, dy: dy).values
            if width > 1 { #expect(relativeDifference(dx.values, expected) < set.exactness) }
            #expect(dx.values.allSatisfy { abs($0) < 2 })
            #expect(y.isIntact && dx.isIntact)
        }
    }

    @Test func aRowOfZerosStaysOne() throws {
        let compute = try Compute(threads: 1), x = Framed(Rows(zeros: 1, 17)), y = Framed(blank: 1, 17)
        let dx = Framed(blank: 1, 17)
        compute.normalizeForward(x.rows, into: y.rows)
        compute.normalizeBackward(x.rows, y: y.rows, dy: Framed(Rows.random(1, 17, seed: 3)).rows, into: dx.rows)
        #expect(y.values.allSatisfy { $0 == 0 })
        #expect(dx.values.allSatisfy { $0.isFinite })
    }

    @Test(arguments: InstructionSet.all, awkwardSizes)
    func weightNormAndItsGradientsEqualTheirFormulas(_ set: InstructionSet, _ width: Int) throws {
        let compute = try set.compute(), count = 6
        let v = Rows.random(count, width, seed: 4, in: 1...3), dw = Rows.random(count, width, seed: 5)
        let gains = Rows.random(count, 1, seed: 6, in: 0.5...2), old = Rows.random(count, width, seed: 7)
        let oldGains = Rows.random(count, 1, seed: 8)
        let w = Framed(blank: count, width), dv = Framed(old), frozen = Framed(old), dGains = Framed(oldGains)
        compute.weightNormForward(Framed(v).rows, gains: Framed(gains).rows, into: w.rows)
        compute.weightNormBackward(
            Framed(v).rows, gains: Framed(gains).rows, dw: Framed(dw).rows, into: dv.rows, dGains: dGains.rows)
        compute.weightNormBackward(
            Framed(v).rows, gains: Framed(gains).rows, dw: Framed(dw).rows, into: frozen.rows, dGains: nil)
        let expected = Exact.weightNormBackward(v, gains: gains, dw: dw)
        #expect(relativeDifference(w.values, Exact.weightNorm(v, gains: gains).values) < set.exactness)
        #expect(relativeDifference(dv.values, old.plus(expected.dv).values) < set.exactness)
        #expect(relativeDifference(dGains.values, oldGains.plus(expected.dGains).values) < set.exactness)
        #expect(frozen.values == dv.values)
        #expect(w.isIntact && dv.isIntact && dGains.isIntact)
    }
}
