import Tensors
import TestSupport
import Testing

@Suite struct TrainableLinearTests {
    /// Rows, outputs, inputs; the last two are longer than what the rounding products sum at once.
    static let shapes = [
        (0, 17, 33), (1, 1, 1), (15, 17, 33), (16, 16, 16), (17, 31, 15), (31, 97, 1), (33, 1, 97), (97, 33, 31),
        (1, 97, 97), (113, 65, 200), (230, 160, 17), (15, 17, 9301), (2, 18500, 3),
    ]

    /// A layer and the block its weights lie in, where their rows follow each other without a gap.
    private func layer(
        _ weight: Rows, _ bias: Rows, on compute: Compute
    ) -> (layer: TrainableLinear, block: ParameterBlock) {
        let layout = ParameterLayout([("weight", [weight.count, weight.columns]), ("bias", [weight.count])])
        let block = ParameterBlock(layout)
        block.write(weight.floats, to: layout.entries[0])
        block.write(bias.floats, to: layout.entries[1])
        let layer = TrainableLinear(
            weight: block.rows("weight"), bias: block.rows("bias"), differentiable: true, on: compute)
        compute.pack([layer])
        return (layer, block)
    }

    @Test(arguments: InstructionSet.all, shapes)
    func bothDirectionsEqualTheirFormulas(_ set: InstructionSet, _ shape: (Int, Int, Int)) throws {
        let (m, n, k) = shape, compute = try set.compute(threads: 2)
        let x = Rows.random(m, k, seed: 1), weight = Rows.random(n, k, seed: 2), bias = Rows.random(1, n, seed: 3)
        let dy = Rows.random(m, n, seed: 4), old = Rows.random(m, n, seed: 5)
        let (layer, _) = layer(weight, bias, on: compute)
        let y = Framed(blank: m, n), added = Framed(old), dx = Framed(blank: m, k)
        let wideY = Framed(blank: m, n), wideDx = Framed(blank: m, k)
        compute.linearForward(Framed(x).rows, layer, into: y.rows)
        compute.linearForward(Framed(x).rows, layer, into: added.rows, adding: true)
        compute.linearForwardWide(Framed(x).rows, layer, into: wideY.rows)
        compute.linearBackward(Framed(dy).rows, layer, into: dx.rows)
        compute.linearBackwardWide(Framed(dy).rows, layer, into: wideDx.rows)

        let rounded = set.operand(weight), expected = Exact.linear(set.operand(x), rounded, bias)
        let dxExpected = Exact.linearBackward(x, rounded, dy: set.operand(dy)).dx.values
        #expect(relativeDifference(y.values, expected.values) < set.exactness)
        #expect(relativeDifference(wideY.values, expected.values) < set.exactness)
        #expect(relativeDifference(added.values, old.plus(expected).values) < set.exactness)
        #expect(relativeDifference(dx.values, dxExpected) < set.exactness)
        #expect(relativeDifference(wideDx.values, dxExpected) < set.exactness)
        #expect(y.isIntact && added.isIntact && dx.isIntact && wideY.isIntact && wideDx.isIntact)
    }

    @Test(arguments: InstructionSet.all)
    func changedWeightsCountOnceTheyArePacked(_ set: InstructionSet) throws {
        let compute = try set.compute(), x = Rows.random(3, 33, seed: 6), dy = Rows.random(3, 17, seed: 7)
        let (layer, block) = layer(Rows.random(17, 33, seed: 8), Rows.random(1, 17, seed: 9), on: compute)
        let weight = Rows.random(17, 33, seed: 10), y = Framed(blank: 3, 17), dx = Framed(blank: 3, 33)
        block.write(weight.floats, to: block.layout.entries[0])
        compute.pack([layer])
        compute.linearForward(Framed(x).rows, layer, into: y.rows)
        compute.linearBackward(Framed(dy).rows, layer, into: dx.rows)
        let rounded = set.operand(weight), bias = Rows.random(1, 17, seed: 9)
        let expected = Exact.linear(set.operand(x), rounded, bias)
        #expect(relativeDifference(y.values, expected.values) < set.exactness)
        #expect(
            relativeDifference(dx.values, Exact.linearBackward(x, rounded, dy: set.operand(dy)).dx.values)
                < set.exactness)
    }
}

@Suite struct WeightGradientTests {
    /// Rows summed over, outputs, inputs: around a task's 56 outputs and a slice of 192 rows.
    static let shapes = [
        (0, 3, 5), (1, 1, 1), (15, 16, 17), (31, 33, 97), (97, 57, 31), (191, 17, 15), (192, 112, 33), (193, 56, 1),
        (400, 113, 65), (33, 230, 16),
    ]

    @Test(arguments: InstructionSet.all, shapes)
    func itEqualsItsFormulaAndIsAdded(_ set: InstructionSet, _ shape: (Int, Int, Int)) throws {
        let (m, n, k) = shape
        let x = Rows.random(m, k, seed: 1), dy = Rows.random(m, n, seed: 2)
        let old = Rows.random(n, k, seed: 3), oldBias = Rows.random(1, n, seed: 4)
        let rounded = Exact.linearBackward(set.operand(x), Rows(zeros: n, k), dy: set.operand(dy)).dWeight
        let sums = Exact.linearBackward(x, Rows(zeros: n, k), dy: dy).dBias
        for threads in 1...2 {
            let dWeight = Framed(old), dBias = Framed(oldBias)
            try set.compute(threads: threads).accumulate([
                WeightGradient(
                    dy: Framed(dy).rows, x: Framed(x, left: 1).rows, dWeight: dWeight.rows, dBias: dBias.rows)
            ])
            #expect(relativeDifference(dWeight.values, old.plus(rounded).values) < set.exactness)
            #expect(relativeDifference(dBias.values, oldBias.plus(sums).values) < set.exactness)
            #expect(dWeight.isIntact && dBias.isIntact)
        }
    }

    /// The last block answers for CLS alone: its rows lie a sequence apart.
    @Test(arguments: InstructionSet.all)
    func rowsMayLieApart(_ set: InstructionSet) throws {
        let x = Rows.random(35, 33, seed: 5), dy = Rows.random(35, 17, seed: 6)
        let dWeight = Framed(Rows(zeros: 17, 33))
        try set.compute().accumulate([
            WeightGradient(
                dy: Framed(dy).rows.everyRow(5), x: Framed(x).rows.everyRow(5), dWeight: dWeight.rows, dBias: nil)
        ])
        func everyFifth(_ rows: Rows) -> Rows {
            Rows(7, rows.columns, stride(from: 0, to: 35, by: 5).flatMap { rows.row($0) })
        }
        let expected = Exact.linearBackward(
            set.operand(everyFifth(x)), Rows(zeros: 17, 33), dy: set.operand(everyFifth(dy))
        ).dWeight
        #expect(relativeDifference(dWeight.values, expected.values) < set.exactness)
    }

    @Test(arguments: InstructionSet.all)
    func severalAtOnceGiveTheSameBitsOnAnyNumberOfThreads(_ set: InstructionSet) throws {
        let x = Rows.random(300, 65, seed: 7), dy = Rows.random(300, 130, seed: 8)
        let results = try (1...3).map { threads in
            let first = Framed(Rows(zeros: 130, 65)), second = Framed(Rows(zeros: 65, 130))
            let bias = Framed(Rows(zeros: 1, 130)), sums = Framed(Rows(zeros: 1, 65))
            let compute = try set.compute(threads: threads), a = Framed(dy).rows, b = Framed(x).rows
            compute.accumulate(
                [
                    WeightGradient(dy: a, x: b, dWeight: first.rows, dBias: bias.rows),
                    WeightGradient(dy: b, x: a, dWeight: second.rows, dBias: nil),
                ], then: [{ compute.addColumns(of: b, to: sums.rows) }])
            return first.values + second.values + bias.values + sums.values
        }
        #expect(results[0] == results[1] && results[0] == results[2])
        let expected = (0..<65).map { c in (0..<300).reduce(0.0) { $0 + x[$1, c] } }
        #expect(relativeDifference(Array(results[0].suffix(65)), expected) < set.exactness)
    }
}
