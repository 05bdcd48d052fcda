import DINOTraining
import Foundation
import Tensors
import TestSupport
import Testing

@Suite struct LinearProbeTests {
    /// Rows around a centre for each class.
    private func clusters(_ count: Int, seed: UInt64) -> FeatureSet {
        var generator = SeededGenerator(seed: seed)
        let labels = (0..<count).map { $0 % 6 }
        let rows = labels.flatMap { label in
            (0..<8).map { Float($0 == label ? 1 : 0) + Float.random(in: -0.3...0.3, using: &generator) }
        }
        return FeatureSet(
            features: Tensor(shape: [count, 8], scalars: rows), labels: labels, classes: (0..<6).map(String.init))
    }

    @Test func learnsASeparableSet() throws {
        var settings = LinearProbe.Settings()
        settings.epochs = 20
        settings.learningRate = 1
        let epochs = try LinearProbe.evaluate(
            train: clusters(600, seed: 1), test: clusters(120, seed: 2), settings: settings, on: Compute(threads: 2))
        #expect(epochs.count == 20)
        #expect(epochs[19].top1 == 1)
        #expect(epochs[19].top5 >= epochs[19].top1)
        #expect(epochs[19].loss < epochs[0].loss)
    }

    @Test func theRateFallsToZeroAlongAHalfCosine() throws {
        var settings = LinearProbe.Settings()
        settings.epochs = 4
        settings.batch = 512
        let set = clusters(24, seed: 3)
        let epochs = try LinearProbe.evaluate(train: set, test: set, settings: settings, on: Compute(threads: 1))
        let expected = [0.002, 0.001 * (1 + 0.5.squareRoot()), 0.001, 0.001 * (1 - 0.5.squareRoot())]
        for (epoch, rate) in zip(epochs, expected) { #expect(abs(epoch.lr - rate) < 1e-12) }
    }

    @Test func theSeedDecidesTheFiguresAndTheThreadsDoNot() throws {
        let train = clusters(200, seed: 4), test = clusters(60, seed: 5)
        func loss(seed: UInt64, threads: Int) throws -> [Double] {
            var settings = LinearProbe.Settings()
            settings.epochs = 3
            settings.batch = 32
            settings.learningRate = 0.1
            settings.seed = seed
            return try LinearProbe.evaluate(
                train: train, test: test, settings: settings, on: Compute(threads: threads)
            ).map(\.loss)
        }
        #expect(try loss(seed: 1, threads: 1) == loss(seed: 1, threads: 3))
        #expect(try loss(seed: 1, threads: 1) != loss(seed: 2, threads: 1))
    }

    /// Two steps by the formulas, in double: the second has momentum.
    @Test func twoStepsAreThoseOfTheFormulas() throws {
        let set = clusters(12, seed: 6), classes = 6, width = 8, rate = 0.5
        var weight = [Double](repeating: 0, count: classes * (width + 1)), momentum = weight
        let probe = try LinearProbe(width: width, classes: classes, settings: .init(), on: Compute(threads: 2))
        for rows in [Array(0..<8), Array(4..<12)] {
            var gradient = [Double](repeating: 0, count: weight.count), loss = 0.0
            for row in rows {
                let x = set.row(row).map(Double.init) + [1]
                let answers = (0..<classes).map { c in
                    (0...width).reduce(0) { $0 + weight[c * (width + 1) + $1] * x[$1] }
                }
                let total = answers.reduce(0) { $0 + exp($1) }
                loss += log(total) - answers[set.labels[row]]
                for c in 0..<classes {
                    let slope = exp(answers[c]) / total - (c == set.labels[row] ? 1 : 0)
                    for i in 0...width { gradient[c * (width + 1) + i] += slope * x[i] / Double(rows.count) }
                }
            }
            for index in weight.indices {
                momentum[index] = 0.9 * momentum[index] + gradient[index]
                weight[index] -= rate * momentum[index]
            }
            #expect(abs(probe.step(set, rows: rows, rate: rate) - loss) < 1e-4)
        }
        let learnt = probe.weights
        for c in 0..<classes {
            for i in 0..<width {
                #expect(abs(Double(learnt[0].scalars[c * width + i]) - weight[c * (width + 1) + i]) < 1e-5)
            }
            #expect(abs(Double(learnt[1].scalars[c]) - weight[c * (width + 1) + width]) < 1e-5)
        }
    }

    @Test func aRateThatIsTooHighIsASentence() throws {
        var settings = LinearProbe.Settings()
        settings.learningRate = 1e300
        let set = clusters(300, seed: 6), compute = try Compute(threads: 1)
        let error = #expect(throws: EvaluationError.self) {
            try LinearProbe.evaluate(train: set, test: set, settings: settings, on: compute)
        }
        #expect(error?.description.contains("choose a smaller --lr") == true)
    }

    @Test func refusesSettingsOutOfTheirRange() {
        for change in [\LinearProbe.Settings.epochs, \.batch] {
            var settings = LinearProbe.Settings()
            settings[keyPath: change] = 0
            #expect(throws: EvaluationError.self) { try settings.check() }
        }
        var settings = LinearProbe.Settings()
        settings.learningRate = .nan
        #expect(throws: EvaluationError.self) { try settings.check() }
    }
}
