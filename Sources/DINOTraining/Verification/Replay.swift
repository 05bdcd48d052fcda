import Checkpoints
public import Foundation
public import Tensors

/// A recorded training of the reference: initial weights, crops, and after each step the loss, every gradient and the
/// centre; at the end the student and the teacher.
///
/// The file holds `init/student.*`, `init/teacher.*`, `stepN/global0`, `stepN/global1`, `stepN/localM` (B, 3, S, S),
/// `stepN/grad.*` (before clipping), `stepN/center`, `final/student.*` and `final/teacher.*`; the configuration, JSON, the
/// hyper-parameters and each step's loss.
public struct Replay {
    /// A difference found.
    public struct Difference: Sendable {
        /// What was compared: `step0/loss`, `step0/grad.backbone.cls_token`, `final/teacher.…`.
        public let name: String
        /// The absolute difference of a loss; else the norm of the difference over the norm of the expected tensor.
        public let value: Double
        /// The largest that passes.
        public let limit: Double

        /// Whether it passes.
        public var passes: Bool { value <= limit }
    }

    private static let limit = 1e-4
    private let file: TensorFile
    private let path: String
    private let tensors: [String: StoredTensor]
    private let configuration: Configuration

    /// A recording and its configuration.
    ///
    /// - Throws: `CheckpointError`, `TrainingError.checkpoint` where one of them is damaged.
    public init(reference: URL, configuration url: URL) throws {
        file = try TensorFile.open(reference)
        path = reference.path
        tensors = Dictionary(file.tensors.map { ($0.name, $0) }) { first, _ in first }
        do {
            configuration = try JSONDecoder().decode(Configuration.self, from: Data(contentsOf: url))
        } catch {
            throw TrainingError.checkpoint(file: url.path, reason: "is no configuration of a recording: \(error)")
        }
    }

    /// Runs the recorded steps and compares; a tensor that the recording lacks differs without limit.
    ///
    /// The last layer's gains alone may be absent where they stay at 1: the reference has no gradient of them.
    public func run(on compute: Compute, report: (Difference) throws -> Void) throws {
        let trainer = try Trainer(configuration.recipe, on: compute)
        try load("init/student.", into: trainer.student.parameters)
        try load("init/teacher.", into: trainer.teacher.parameters)
        trainer.refresh()
        for (index, expected) in configuration.steps.enumerated() {
            let rates = configuration.rates(index)
            let measures = try trainer.step(batch(index), rates)
            let loss = abs(measures.loss - expected.loss)
            try report(Difference(name: "step\(index)/loss", value: loss, limit: Self.limit))
            for entry in trainer.student.parameters.layout.entries {
                let name = "step\(index)/grad.\(entry.name)"
                guard let stored = try recorded(name, report) else { continue }
                try report(try difference(name, trainer.gradient(entry), stored.tensor()))
            }
            let center = "step\(index)/center"
            if let stored = try recorded(center, report) {
                try report(try difference(center, trainer.center, stored.tensor()))
            }
        }
        try compare("final/student.", trainer.student.parameters, report)
        try compare("final/teacher.", trainer.teacher.parameters, report)
    }

    /// A tensor to compare with; nil, and told as a failure, where the recording lacks one that it must have.
    private func recorded(_ name: String, _ report: (Difference) throws -> Void) throws -> StoredTensor? {
        if let stored = tensors[name] { return stored }
        let mayBeAbsent = name.hasSuffix("weight_g") && configuration.recipe.head.normLastLayer
        if !mayBeAbsent {
            try report(Difference(name: "\(name) (not in the recording)", value: .infinity, limit: Self.limit))
        }
        return nil
    }

    private func tensor(_ name: String) throws -> StoredTensor {
        guard let tensor = tensors[name] else {
            throw TrainingError.checkpoint(file: path, reason: "'\(name)' is missing")
        }
        return tensor
    }

    private func load(_ prefix: String, into block: ParameterBlock) throws {
        for entry in block.layout.entries {
            let stored = try tensor(prefix + entry.name)
            guard stored.shape == entry.shape else {
                throw TrainingError.checkpoint(
                    file: path, reason: "'\(prefix + entry.name)' has shape \(stored.shape), expected \(entry.shape)")
            }
            block.write(try stored.tensor().scalars, to: entry)
        }
    }

    private func batch(_ step: Int) throws -> CropBatch {
        func group(_ name: String, _ views: Int) throws -> CropGroup {
            let parts = try (0..<views).map { try tensor("step\(step)/\(name)\($0)").tensor() }
            let shape = parts[0].shape
            guard shape.count == 4, parts.allSatisfy({ $0.shape == shape }) else {
                throw TrainingError.checkpoint(
                    file: path,
                    reason:
                        "'step\(step)/\(name)0' and its like have shapes \(parts.map(\.shape)), expected (B, 3, S, S) of all"
                )
            }
            return CropGroup(
                size: shape[2], views: views,
                pixels: Tensor(shape: [views * shape[0]] + shape.dropFirst(), scalars: parts.flatMap(\.scalars)))
        }
        let globals = try group("global", 2)
        let locals = configuration.localCrops > 0 ? [try group("local", configuration.localCrops)] : []
        return CropBatch(step: step, images: globals.pixels.shape[0] / 2, groups: [globals] + locals)
    }

    private func compare(_ prefix: String, _ block: ParameterBlock, _ report: (Difference) throws -> Void) throws {
        for entry in block.layout.entries {
            guard let stored = try recorded(prefix + entry.name, report) else { continue }
            let name = prefix + entry.name, actual = block.tensor(entry)
            if name.hasSuffix("attn.qkv.bias") {
                try compareBiases(name, actual, stored.tensor(), report)
            } else {
                try report(try difference(name, actual, stored.tensor()))
            }
        }
    }

    /// The biases of queries and values as any tensor; those of keys by how far AdamW can have moved them.
    ///
    /// A key's bias adds the same to all scores of a query, so its gradient is zero. The reference gets the rounding of
    /// that zero, which AdamW, dividing by its own size, turns into steps as long as the learning rate.
    private func compareBiases(
        _ name: String, _ actual: Tensor, _ expected: Tensor, _ report: (Difference) throws -> Void
    ) throws {
        try requireCount(name, actual, expected)
        let width = configuration.embedDim
        func part(_ tensor: Tensor, _ parts: [Int]) -> Tensor {
            let scalars = parts.flatMap { tensor.scalars[$0 * width..<($0 + 1) * width] }
            return Tensor(shape: [scalars.count], scalars: scalars)
        }
        try report(try difference("\(name) (queries, values)", part(actual, [0, 2]), part(expected, [0, 2])))
        let distance = zip(part(actual, [1]).scalars, part(expected, [1]).scalars).map { abs(Double($0) - Double($1)) }
        let reach = configuration.learningRate * Double(configuration.steps.count)
        try report(Difference(name: "\(name) (keys, largest)", value: distance.max() ?? 0, limit: reach))
    }

    private func requireCount(_ name: String, _ actual: Tensor, _ expected: Tensor) throws {
        guard expected.count == actual.count else {
            throw TrainingError.checkpoint(
                file: path, reason: "'\(name)' has \(expected.count) elements, expected \(actual.count)")
        }
    }

    private func difference(_ name: String, _ actual: Tensor, _ expected: Tensor) throws -> Difference {
        try requireCount(name, actual, expected)
        var square = 0.0, size = 0.0
        for (a, b) in zip(actual.scalars, expected.scalars) {
            square += (Double(a) - Double(b)) * (Double(a) - Double(b))
            size += Double(b) * Double(b)
        }
        let value = square == 0 ? 0 : (square / max(size, 1e-24)).squareRoot()
        return Difference(name: name, value: value.isNaN ? .infinity : value, limit: Self.limit)
    }
}
