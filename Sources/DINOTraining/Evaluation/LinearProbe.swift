import Foundation
public import Tensors

/// A linear classifier on frozen features (`eval_linear.py`): softmax cross-entropy, SGD with momentum 0.9 and without
/// weight decay, a learning rate that falls to 0 along a half cosine, epoch by epoch.
///
/// The features are computed once, so without the reference's random crops. The weights start at 0: the problem is convex.
/// All in fp32; the same seed gives the same numbers at any number of threads.
public final class LinearProbe {
    /// How the classifier is trained.
    public struct Settings: Sendable, Codable, Equatable {
        /// Passes over the training rows.
        public var epochs = 100
        /// Rows of a step, `B`.
        public var batch = 128
        /// The learning rate at the start for 256 rows a step; it is scaled linearly with the batch.
        public var learningRate = 0.001
        /// The seed of the rows' order.
        public var seed: UInt64 = 0

        /// The reference's settings.
        public init() {}

        /// Refuses what is out of its range.
        public func check() throws(EvaluationError) {
            guard (1...100_000).contains(epochs) else { throw .setting("--epochs is \(epochs), expected 1 to 100000") }
            guard (1...65_536).contains(batch) else { throw .setting("--batch is \(batch), expected 1 to 65536") }
            guard learningRate > 0, learningRate.isFinite else {
                throw .setting("--lr is \(learningRate), expected more than 0")
            }
        }
    }

    /// What one epoch reached.
    public struct Epoch: Sendable, Codable, Equatable {
        /// The epoch's number, from 1.
        public let epoch: Int
        /// The learning rate.
        public let lr: Double
        /// The mean loss over the training rows, each before its step.
        public let loss: Double
        /// The share of test rows whose class got the largest answer.
        public let top1: Double
        /// The share of test rows whose class is among the five largest answers.
        public let top5: Double
    }

    private let compute: Compute
    private let settings: Settings
    private let layer: TrainableLinear
    private let parameters, gradients, momenta: ParameterBlock
    private let inputs, answers, targets, losses: Matrix

    /// A classifier of rows of `width` into `classes` classes, which gives every class the same answer.
    package init(width: Int, classes: Int, settings: Settings, on compute: Compute) {
        self.compute = compute
        self.settings = settings
        let layout = ParameterLayout([("linear.weight", [classes, width]), ("linear.bias", [classes])])
        parameters = ParameterBlock(layout)
        gradients = ParameterBlock(layout)
        momenta = ParameterBlock(layout)
        layer = TrainableLinear(
            weight: parameters.rows("linear.weight"), bias: parameters.rows("linear.bias"), differentiable: false,
            on: compute)
        inputs = Matrix(columns: width)
        answers = Matrix(columns: classes)
        targets = Matrix(columns: classes)
        losses = Matrix(columns: 1)
        compute.pack([layer])
    }

    /// The figures of each epoch of a classifier that learns from `train` and is asked about `test`.
    ///
    /// - Parameter progress: called after each epoch.
    /// - Throws: `EvaluationError.setting`, also where the loss is no number: the rate was too high.
    /// - Precondition: both have one width and the same classes.
    public static func evaluate(
        train: FeatureSet, test: FeatureSet, settings: Settings = .init(), on compute: Compute,
        progress: (Epoch) -> Void = { _ in }
    ) throws(EvaluationError) -> [Epoch] {
        precondition(train.width == test.width && train.classes == test.classes, "features of two kinds")
        try settings.check()
        let probe = LinearProbe(width: train.width, classes: train.classes.count, settings: settings, on: compute)
        return try (0..<settings.epochs).map { number throws(EvaluationError) in
            let rate = probe.learningRate(epoch: number)
            let loss = probe.learn(train, epoch: number, rate: rate)
            guard loss.isFinite else {
                throw .setting(
                    "the classifier's loss in epoch \(number + 1) is \(loss): choose a smaller --lr than "
                        + "\(settings.learningRate)")
            }
            let (top1, top5) = probe.accuracy(test)
            let epoch = Epoch(epoch: number + 1, lr: rate, loss: loss, top1: top1, top5: top5)
            progress(epoch)
            return epoch
        }
    }

    private func learningRate(epoch: Int) -> Double {
        let initial = settings.learningRate * Double(settings.batch) / 256
        return 0.5 * initial * (1 + cos(.pi * Double(epoch) / Double(settings.epochs)))
    }

    private func learn(_ train: FeatureSet, epoch: Int, rate: Double) -> Double {
        var generator = CounterGenerator(seed: settings.seed, epoch: epoch, image: 0, crop: 0, step: 0)
        let order = generator.permutation(train.count)
        var total = 0.0
        for start in stride(from: 0, to: order.count, by: settings.batch) {
            total += step(train, rows: Array(order[start..<min(start + settings.batch, order.count)]), rate: rate)
        }
        return total / Double(max(train.count, 1))
    }

    /// One step on some rows; returns their summed loss before it.
    package func step(_ train: FeatureSet, rows: [Int], rate: Double) -> Double {
        answer(train.features, rows: rows)
        targets.resize(rows: rows.count)
        losses.resize(rows: rows.count)
        let share = 1 / Float(rows.count)
        compute.zero(targets.allRows)
        compute.forEach(rows.count) { [compute, targets, answers, losses] index, _ in
            targets.withRow(index) { $0[train.labels[rows[index]]] = 1 }
            let loss = compute.crossEntropy(
                answers.rows(index..<index + 1), target: targets.rows(index..<index + 1), mass: 1, temperature: 1,
                step: share)
            losses.withRow(index) { $0[0] = loss }
        }
        gradients.zero(on: compute)
        compute.accumulate([
            WeightGradient(
                dy: answers.allRows, x: inputs.allRows, dWeight: gradients.rows("linear.weight"),
                dBias: gradients.rows("linear.bias"))
        ])
        let plan = UpdatePlan(learningRate: rate, decay: 0, gradientScale: 1, step: 1)
        compute.forEachPart(of: parameters.layout.count, 1 << 13) { [compute, parameters, gradients, momenta] range in
            compute.momentumSGD(parameters, gradients, momenta, range, plan)
        }
        compute.pack([layer])
        return losses.copy(rows: 0..<rows.count).reduce(0) { $0 + Double($1) }
    }

    /// The answers to some rows, in `answers`.
    private func answer(_ features: Tensor, rows: [Int]) {
        inputs.resize(rows: rows.count)
        answers.resize(rows: rows.count)
        for (index, row) in rows.enumerated() { inputs.write(features, rows: row..<row + 1, to: index) }
        compute.linearForwardWide(inputs.allRows, layer, into: answers.allRows)
    }

    /// The shares of rows whose class has the largest answer, and one of the five largest.
    private func accuracy(_ test: FeatureSet) -> (top1: Double, top5: Double) {
        var first = 0, among = 0
        for start in stride(from: 0, to: test.count, by: 1024) {
            let rows = Array(start..<min(start + 1024, test.count))
            answer(test.features, rows: rows)
            let values = answers.copy(rows: 0..<rows.count), classes = test.classes.count
            for (index, row) in rows.enumerated() {
                let scores = values[index * classes..<(index + 1) * classes]
                let rank = Self.rank(of: test.labels[row], in: scores)
                if rank == 0 { first += 1 }
                if rank < 5 { among += 1 }
            }
        }
        return (Double(first) / Double(max(test.count, 1)), Double(among) / Double(max(test.count, 1)))
    }

    /// The classes whose answer is larger, or as large and of an earlier class.
    private static func rank(of label: Int, in scores: ArraySlice<Float>) -> Int {
        let own = scores[scores.startIndex + label]
        return scores.enumerated().count { $0.element > own || ($0.element == own && $0.offset < label) }
    }

    /// The weights (classes, D) and biases (classes).
    package var weights: [Tensor] { parameters.layout.entries.map { parameters.tensor($0) } }
}
