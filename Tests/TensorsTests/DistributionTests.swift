import Foundation
import Tensors
import TestSupport
import Testing

@Suite struct DistributionTests {
    @Test(arguments: InstructionSet.all, awkwardSizes + [2048])
    func softmaxAndItsEntropyEqualTheirFormulas(_ set: InstructionSet, _ width: Int) throws {
        let x = Rows.random(1, width, seed: 1), center = Rows.random(1, width, seed: 2, in: -0.5...0.5)
        for temperature in [0.04, 0.1, 1] {
            let p = Framed(blank: 1, width)
            let entropy = try set.compute().softmax(
                Framed(x).rows, center: Framed(center).rows, temperature: Float(temperature), into: p.rows)
            let expected = Exact.targets(x, center: center.values, temperature: temperature).values
            #expect(relativeDifference(p.values, expected) < 2 * set.exactness)
            #expect(abs(Double(entropy) - Exact.entropy(expected)) < 2e-5)
            #expect(p.isIntact)
        }
    }

    @Test(arguments: InstructionSet.all)
    func entropyRunsFromZeroToTheLogarithmOfTheWidth(_ set: InstructionSet) throws {
        let compute = try set.compute(), zeros = Framed(Rows(zeros: 1, 97)), p = Framed(blank: 1, 97)
        let flat = compute.softmax(zeros.rows, center: zeros.rows, temperature: 0.04, into: p.rows)
        #expect(abs(Double(flat) - log(97)) < 1e-5)
        var peak = Rows(zeros: 1, 97)
        peak[0, 33] = 300
        let sharp = compute.softmax(Framed(peak).rows, center: zeros.rows, temperature: 0.04, into: p.rows)
        #expect(abs(sharp) < 1e-6)
        #expect(p.values[33] == 1)
        #expect(p.values.allSatisfy { $0.isFinite && $0 >= 0 })
    }

    @Test(arguments: InstructionSet.all, awkwardSizes + [2048])
    func crossEntropyAndItsGradientEqualTheirFormulas(_ set: InstructionSet, _ width: Int) throws {
        for mass in [1.0, 2.0] {
            let logits = Rows.random(1, width, seed: 3)
            let raw = Exact.softmax(Rows.random(1, width, seed: 4, in: -3...3).values)
            let target = Rows(1, width, raw.map { Double(Float(mass * $0)) }), z = Framed(logits)
            let value = try set.compute().crossEntropy(
                z.rows, target: Framed(target).rows, mass: Float(mass), temperature: 0.1, step: 0.25)
            let answers = Exact.logSoftmax(logits.values.map { $0 / 0.1 })
            #expect(abs(Double(value) + dot(target.values, answers)) < 2e-5)
            let expected = zip(answers, target.values).map { 0.25 * (mass * exp($0) - $1) }
            if width > 1 { #expect(relativeDifference(z.values, expected) < 2 * set.exactness) }
            #expect(abs(z.values.reduce(0, +)) < 1e-5)
            #expect(z.isIntact)
        }
    }

    @Test(arguments: InstructionSet.all)
    func extremeLogitsGiveFiniteLosses(_ set: InstructionSet) throws {
        var target = Rows(zeros: 1, 33)
        target[0, 5] = 1
        let logits = Rows.random(1, 33, seed: 5, in: -300...300), z = Framed(logits)
        let value = try set.compute().crossEntropy(
            z.rows, target: Framed(target).rows, mass: 1, temperature: 0.1, step: 1)
        let expected = -Exact.logSoftmax(logits.values.map { $0 / 0.1 })[5]
        #expect(abs(Double(value) - expected) < 1e-5 * expected)
        #expect(z.values.allSatisfy { $0.isFinite })
    }

    @Test(arguments: InstructionSet.all, [0, 7, 16, 32])
    func notANumberStaysVisible(_ set: InstructionSet, _ place: Int) throws {
        let compute = try set.compute()
        var x = Rows.random(1, 33, seed: 6)
        x[0, place] = .nan
        let target = Framed(Rows(1, 33, [Double](repeating: 1 / 33, count: 33))), p = Framed(blank: 1, 33)
        let entropy = compute.softmax(
            Framed(x).rows, center: Framed(Rows(zeros: 1, 33)).rows, temperature: 1, into: p.rows)
        #expect(entropy.isNaN)
        #expect(
            compute.crossEntropy(Framed(x).rows, target: target.rows, mass: 1, temperature: 1, step: 1).isNaN)
    }
}
