import Foundation
import Tensors
import TestSupport
import Testing

@Suite struct OptimizerKernelTests {
    private func block(_ values: [Float]) -> ParameterBlock {
        let block = ParameterBlock(ParameterLayout([("x", [values.count])]))
        block.write(values, to: block.layout.entries[0])
        return block
    }

    private func values(_ block: ParameterBlock) -> [Float] { block.tensor(block.layout.entries[0]).scalars }

    /// The gradient of one step.
    private func gradient(_ count: Int, step: Int) -> Rows { Rows.random(1, count, seed: 100 + UInt64(step)) }

    /// Twenty steps whose rates change, the fourth without a learning rate, which still moves the moments.
    private func plan(_ step: Int) -> UpdatePlan {
        let lr = step == 4 ? 0 : 1e-3 * Double(step) / 20
        return UpdatePlan(learningRate: lr, decay: 0.04 + 0.01 * Double(step), gradientScale: 0.5, step: step)
    }

    @Test(arguments: InstructionSet.all, awkwardSizes)
    func twentyStepsOfAdamWEqualTheFormula(_ set: InstructionSet, _ count: Int) throws {
        let compute = try set.compute(), start = Rows.random(1, count, seed: 1, in: -0.02...0.02)
        let parameters = block(start.floats), first = block([Float](repeating: 0, count: count))
        let second = block([Float](repeating: 0, count: count))
        var expected = ExactTensor(start.values, isVector: true)
        for step in 1...20 {
            let plan = plan(step), gradient = gradient(count, step: step)
            compute.adamW(parameters, block(gradient.floats), first, second, 0..<count, plan)
            expected.adamW(gradient.values.map { 0.5 * $0 }, lr: plan.learningRate, decay: plan.decay)
        }
        let moved = zip(values(parameters), start.values).map { Double($0) - $1 }
        #expect(relativeDifference(moved, zip(expected.values, start.values).map { $0 - $1 }) < 3e-6)
    }

    /// `torch.optim.AdamW` of PyTorch 2.15 in double precision, on two tensors: the first decays, the second does not, and has
    /// no gradient for five steps. Gradients are sin(1.3·step + i + 2·tensor)·10^-(i mod 3).
    @Test(arguments: InstructionSet.all)
    func twentyStepsOfAdamWEqualPyTorchs(_ set: InstructionSet) throws {
        let compute = try set.compute()
        let expected = [
            [
                0.01951012575810396, 0.010770613725634341, -0.007769401755924704, -0.019270376042595003,
                -0.01295752232315309,
            ],
            [
                -0.01840579755864029, -0.012107872192002715, 0.005665942675410129, 0.017822542378634013,
                0.014014515288373842,
            ],
        ]
        for tensor in 0..<2 {
            let start = (0..<5).map { Float(0.02 * cos(Double($0 + 3 * tensor))) }
            let parameters = block(start), moments = (0..<2).map { _ in block([0, 0, 0, 0, 0]) }, skipped = 5 * tensor
            for step in skipped + 1...20 {
                let gradient = (0..<5).map {
                    Float(sin(1.3 * Double(step) + Double($0 + 2 * tensor)) * pow(10, -Double($0 % 3)))
                }
                var plan = plan(step)
                plan.gradientScale = 1
                plan.step = step - skipped
                if tensor == 1 { plan.decay = 0 }
                compute.adamW(parameters, block(gradient), moments[0], moments[1], 0..<5, plan)
            }
            for (found, wanted) in zip(values(parameters), expected[tensor]) {
                #expect(abs(Double(found) - wanted) < 2e-8, "tensor \(tensor)")
            }
        }
    }

    @Test(arguments: InstructionSet.all)
    func onlyTheRangeMoves(_ set: InstructionSet) throws {
        let compute = try set.compute(), start = Rows.random(1, 40, seed: 2).floats
        let gradient = block(Rows.random(1, 40, seed: 3).floats), plan = plan(1)
        let adam = block(start), sgd = block(start), averaged = block(start)
        let moments = (0..<3).map { _ in block([Float](repeating: 0, count: 40)) }
        compute.adamW(adam, gradient, moments[0], moments[1], 3..<22, plan)
        compute.momentumSGD(sgd, gradient, moments[2], 3..<22, plan)
        compute.average(averaged, gradient, 3..<22, momentum: 0.5)
        for block in [adam, sgd, averaged] {
            #expect((0..<40).allSatisfy { (values(block)[$0] == start[$0]) == !(3..<22).contains($0) })
        }
        for block in moments { #expect((0..<40).allSatisfy { (values(block)[$0] == 0) == !(3..<22).contains($0) }) }
    }

    @Test func twentyStepsOfSGDEqualTheFormula() throws {
        let compute = try Compute(threads: 1), start = Rows.random(1, 33, seed: 4, in: -0.02...0.02)
        let parameters = block(start.floats), first = block([Float](repeating: 0, count: 33))
        var expected = ExactTensor(start.values, isVector: true)
        for step in 1...20 {
            let plan = plan(step), gradient = gradient(33, step: step)
            compute.momentumSGD(parameters, block(gradient.floats), first, 0..<33, plan)
            expected.sgd(gradient.values.map { 0.5 * $0 }, lr: plan.learningRate, decay: plan.decay)
        }
        #expect(relativeDifference(values(parameters), expected.values) < 1e-6)
    }

    @Test(arguments: InstructionSet.all, awkwardSizes)
    func averagesEqualTheFormula(_ set: InstructionSet, _ count: Int) throws {
        let compute = try set.compute()
        let teacher = Rows.random(1, count, seed: 5), student = Rows.random(1, count, seed: 6)
        for momentum in [0, 0.9, 0.996, 1] {
            let moved = block(teacher.floats)
            compute.average(moved, block(student.floats), 0..<count, momentum: momentum)
            let expected = zip(teacher.values, student.values).map { momentum * $0 + (1 - momentum) * $1 }
            #expect(relativeDifference(values(moved), expected) < 2e-7)
        }
    }

    @Test(arguments: InstructionSet.all, awkwardSizes)
    func sumsOfSquaresAreThoseOfDoubles(_ set: InstructionSet, _ count: Int) throws {
        let compute = try set.compute(), x = Rows.random(1, count, seed: 7), y = Rows.random(1, count, seed: 8)
        let blocks = [block(x.floats), block(y.floats)]
        #expect(abs(compute.sumOfSquares(blocks[0], 0..<count) - dot(x.values, x.values)) < 1e-12 * Double(count))
        #expect(compute.sumOfSquares(blocks[0], 0..<0) == 0)
        let mixed = zip(x.values, y.values).map { 0.5 * $0 + 3 * $1 }
        let found = compute.sumOfSquares(blocks[0], 0..<count, scale: 0.5, plus: blocks[1], times: 3)
        #expect(abs(found - dot(mixed, mixed)) < 1e-11 * Double(count))
    }

    @Test func mapsComputeEachNumberOnce() throws {
        #expect(try Compute(threads: 3).map(1000) { Double($0) } == (0..<1000).map(Double.init))
    }
}
