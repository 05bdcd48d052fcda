import Tensors
import TestSupport
import Testing

@Suite struct RowLayerBackwardTests {
    @Test(arguments: InstructionSet.all, awkwardSizes)
    func layerNormsGradientsEqualTheJacobiansAndAreAdded(_ set: InstructionSet, _ width: Int) throws {
        let compute = try set.compute()
        for rows in [0, 1, 5] {
            let x = Rows.random(rows, width, seed: 1, in: 3...5), dy = Rows.random(rows, width, seed: 2)
            let weight = Rows.random(1, width, seed: 3), old = Rows.random(rows, width, seed: 4)
            let oldSums = Rows.random(2, width, seed: 5)
            let dx = Framed(old), dWeight = Framed(oldSums.rows(0..<1)), dBias = Framed(oldSums.rows(1..<2))
            compute.layerNormBackward(
                Framed(x, left: 1).rows, dy: Framed(dy).rows, weight: Framed(weight).rows, epsilon: 1e-6, into: dx.rows,
                dWeight: dWeight.rows, dBias: dBias.rows)
            let expected = Exact.layerNormBackward(x, weight: weight, dy: dy)
            #expect(relativeDifference(dx.values, old.plus(expected.dx).values) < set.exactness)
            #expect(
                relativeDifference(dWeight.values, oldSums.rows(0..<1).plus(expected.dWeight).values) < set.exactness)
            #expect(relativeDifference(dBias.values, oldSums.rows(1..<2).plus(expected.dBias).values) < set.exactness)
            #expect(dx.isIntact && dWeight.isIntact && dBias.isIntact)
        }
    }

    @Test(arguments: InstructionSet.all, awkwardSizes)
    func layerNormOverChangingWeightsEqualsItsFormula(_ set: InstructionSet, _ width: Int) throws {
        let x = Rows.random(5, width, seed: 1, in: 3...5), weight = Rows.random(1, width, seed: 2)
        let bias = Rows.random(1, width, seed: 3), y = Framed(blank: 5, width)
        try set.compute().layerNormForward(
            Framed(x).rows, weight: Framed(weight).rows, bias: Framed(bias).rows, epsilon: 1e-6, into: y.rows)
        let expected = Exact.layerNorm(x, weight: weight, bias: bias)
        #expect(relativeDifference(y.values, expected.values) < set.exactness)
        #expect(y.isIntact)
    }

    /// Its deviation is √epsilon alone.
    @Test(arguments: InstructionSet.all)
    func aConstantRowsGradientStaysFinite(_ set: InstructionSet) throws {
        let x = Rows(1, 16, [Double](repeating: 7, count: 16)), dy = Rows.random(1, 16, seed: 1)
        let weight = Rows.random(1, 16, seed: 2), dx = Framed(Rows(zeros: 1, 16)), sums = Framed(Rows(zeros: 1, 16))
        try set.compute().layerNormBackward(
            Framed(x).rows, dy: Framed(dy).rows, weight: Framed(weight).rows, epsilon: 1e-6, into: dx.rows,
            dWeight: sums.rows, dBias: Framed(Rows(zeros: 1, 16)).rows)
        let expected = Exact.layerNormBackward(x, weight: weight, dy: dy)
        #expect(relativeDifference(dx.values, expected.dx.values) < 1e-4)
        #expect(sums.values.allSatisfy { $0 == 0 })
    }

    @Test(arguments: InstructionSet.all, awkwardSizes)
    func geluAndItsGradientEqualTheirFormulas(_ set: InstructionSet, _ width: Int) throws {
        let compute = try set.compute()
        for rows in [0, 1, 4] {
            let x = Rows.random(rows, width, seed: 6, in: -6...6), dy = Rows.random(rows, width, seed: 7)
            let y = Framed(blank: rows, width), dx = Framed(blank: rows, width), inPlace = Framed(dy)
            compute.geluForward(Framed(x).rows, into: y.rows)
            compute.geluBackward(Framed(x).rows, dy: Framed(dy).rows, into: dx.rows)
            compute.geluBackward(Framed(x).rows, dy: inPlace.rows, into: inPlace.rows)
            #expect(relativeDifference(y.values, Exact.gelu(x).values) < set.exactness)
            #expect(relativeDifference(dx.values, Exact.geluBackward(x, dy: dy).values) < set.exactness)
            #expect(inPlace.values == dx.values)
            #expect(y.isIntact && dx.isIntact && inPlace.isIntact)
        }
    }

    @Test(arguments: InstructionSet.all)
    func gelusSlopeIsExactOverTheWholeLine(_ set: InstructionSet) throws {
        let values = (-1200...1200).map { Double($0) / 100 } + [-1e4, 1e4, -87.5, 0, -0.0, 1e-30, -1e-30]
        let x = Rows(values.count, 1, values.map { Double(Float($0)) }), dx = Framed(blank: values.count, 1)
        let ones = Rows(values.count, 1, values.map { _ in 1 })
        try set.compute().geluBackward(Framed(x).rows, dy: Framed(ones).rows, into: dx.rows)
        for (value, slope) in zip(x.values, dx.values) {
            #expect(abs(Double(slope) - Exact.geluSlope(value)) < 5e-7, "gelu'(\(value)) = \(slope)")
        }
    }

    @Test(arguments: InstructionSet.all)
    func notANumberStaysVisible(_ set: InstructionSet) throws {
        let compute = try set.compute()
        for place in [0, 15, 16, 32] {
            var x = Rows.random(1, 33, seed: 8)
            x[0, place] = .nan
            let ones = Rows(1, 33, [Double](repeating: 1, count: 33)), dx = Framed(Rows(zeros: 1, 33))
            compute.layerNormBackward(
                Framed(x).rows, dy: Framed(ones).rows, weight: Framed(ones).rows, epsilon: 1e-6, into: dx.rows,
                dWeight: Framed(ones).rows, dBias: Framed(ones).rows)
            #expect(dx.values.allSatisfy { $0.isNaN })
            compute.geluBackward(Framed(x).rows, dy: Framed(ones).rows, into: dx.rows)
            #expect(dx.values.indices.allSatisfy { dx.values[$0].isNaN == ($0 == place) })
        }
    }

    @Test(arguments: InstructionSet.all, awkwardSizes)
    func columnSumsAreAdded(_ set: InstructionSet, _ width: Int) throws {
        for rows in [0, 1, 31] {
            let x = Rows.random(rows, width, seed: 9), old = Rows.random(1, width, seed: 10), sums = Framed(old)
            try set.compute().addColumns(of: Framed(x).rows, to: sums.rows)
            let expected = (0..<width).map { c in (0..<rows).reduce(old[0, c]) { $0 + x[$1, c] } }
            #expect(relativeDifference(sums.values, expected) < set.exactness)
            #expect(sums.isIntact)
        }
    }

    @Test func copiesAndAdditionsAreScaledRowByRow() throws {
        let compute = try Compute(threads: 1)
        let x = Rows.random(3, 17, seed: 11), old = Rows.random(3, 17, seed: 12), scales: [Float] = [9, 0, 1.25, 2]
        let plain = Framed(blank: 3, 17), scaled = Framed(blank: 3, 17), added = Framed(old), zeros = Framed(old)
        compute.copy(Framed(x).rows, into: plain.rows)
        compute.copy(Framed(x).rows, scales: scales[1...], into: scaled.rows)
        compute.add(Framed(x).rows, scales: scales[1...], to: added.rows)
        compute.zero(zeros.rows)
        let expected = (0..<3).flatMap { row in x.row(row).map { $0 * Double(scales[row + 1]) } }
        #expect(plain.values == x.floats)
        #expect(relativeDifference(scaled.values, expected) < 1e-7)
        #expect(relativeDifference(added.values, old.plus(Rows(3, 17, expected)).values) < 1e-7)
        #expect(zeros.values.allSatisfy { $0 == 0 })
        #expect(plain.isIntact && scaled.isIntact && added.isIntact && zeros.isIntact)
    }
}
