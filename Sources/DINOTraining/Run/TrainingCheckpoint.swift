import Checkpoints
public import Foundation
import Tensors

/// Everything a training needs to go on as if it had never stopped, in one safetensors file.
///
/// Tensors, all float32: `student.backbone.…`, `student.head.…` and the same of `teacher.`, under the reference's names;
/// `optimizer.first.…` and, for AdamW, `optimizer.second.…`; `center` (1, K). Metadata: `format` (dino-train), `version`,
/// `recipe` (JSON), `updates` (how often each tensor was updated, JSON), `record` (`RunRecord`, JSON) and, for
/// `Model.load`, `manifest`.
public struct TrainingCheckpoint: Sendable {
    /// The file.
    public let url: URL
    /// The recipe of the run.
    public let recipe: Recipe
    /// What the run has done.
    public let record: RunRecord
    private let updates: [String: Int]
    private let tensors: [String: StoredTensor]

    static let format = "dino-train"
    static let version = "1"

    /// Whether a file's metadata say that it is a checkpoint of a training.
    static func isTraining(_ metadata: [String: String]) -> Bool { metadata["format"] == format }

    /// The checkpoint in a file, with the tensors that its recipe has. Cost: its header; tensors are read by `restore`.
    ///
    /// - Throws: `TrainingError.checkpoint`, which names the file and the tensor or field that is wrong.
    public init(_ url: URL) throws(TrainingError) {
        let file: TensorFile
        do {
            file = try TensorFile.open(url)
        } catch {
            throw .checkpoint(file: url.path, reason: "\(error)")
        }
        self.url = url
        func refusal(_ reason: String) -> TrainingError { .checkpoint(file: url.path, reason: reason) }
        guard Self.isTraining(file.metadata) else {
            throw refusal("is no checkpoint of a training; to start from its weights, give it to --init")
        }
        guard let version = file.metadata["version"], version == Self.version else {
            let found = file.metadata["version"] ?? "none"
            throw refusal(
                "has format version \(found), expected \(Self.version): continue with the program that wrote it")
        }
        func field(_ name: String) throws(TrainingError) -> Data {
            guard let text = file.metadata[name] else { throw refusal("the field '\(name)' is missing; it is damaged") }
            return Data(text.utf8)
        }
        func decoded<Value: Decodable>(_ name: String, as type: Value.Type) throws(TrainingError) -> Value {
            let data = try field(name)
            do {
                return try JSONDecoder().decode(type, from: data)
            } catch {
                throw refusal("the field '\(name)' is damaged: \(error)")
            }
        }
        do throws(TrainingError) {
            recipe = try Recipe(json: field("recipe"))
            try recipe.check()
        } catch {
            throw refusal("the field 'recipe' is damaged: \(error)")
        }
        let record = try decoded("record", as: RunRecord.self)
        let updates = try decoded("updates", as: [String: Int].self)
        // Counters far from where adding to them overflows.
        let counts = 0...(1 << 56)
        guard counts.contains(record.step), counts.contains(record.images), record.seconds >= 0,
            record.seconds.isFinite,
            updates.values.allSatisfy({ $0 >= 0 && $0 <= record.step }), record.collapse?.isSound ?? true
        else { throw refusal("the fields 'record' and 'updates' contradict each other; it is damaged") }
        self.record = record
        self.updates = updates
        tensors = Dictionary(file.tensors.map { ($0.name, $0) }) { first, _ in first }
        // Before anybody makes a trainer of the recipe, which may ask for any amount of memory.
        try check(Trainer.stateShapes(recipe))
    }

    /// Compares names, shapes and types of all tensors with a recipe's.
    private func check(_ shapes: [(name: String, shape: [Int])]) throws(TrainingError) {
        for (name, shape) in shapes { try check(name, shape) }
        guard tensors.count > shapes.count else { return }
        let known = Set(shapes.map(\.name))
        let surplus = tensors.keys.filter { !known.contains($0) }.sorted()
        throw refusal("'\(surplus.first ?? "")' is none of this recipe's tensors; it is another run's")
    }

    /// Gives a trainer of this recipe the state of the run; what was written comes back bit for bit.
    ///
    /// - Throws: `TrainingError.checkpoint`, which names the tensor that is missing, surplus, misshapen or not finite.
    public func restore(_ trainer: Trainer) throws(TrainingError) {
        try check(Trainer.stateShapes(trainer.recipe))
        for name in trainer.updateCounts.keys where updates[name] == nil {
            throw refusal("the field 'updates' says nothing of '\(name)'; it is damaged")
        }
        try trainer.restore(step: record.step, updateCounts: updates) { name throws(TrainingError) in
            try tensor(name)
        }
    }

    /// The teacher's backbone tensor of a name, such as `cls_token`.
    func teacherBackbone(_ name: String, shape: [Int]) throws(TrainingError) -> Tensor {
        try check("teacher.backbone.\(name)", shape)
        return try tensor("teacher.backbone.\(name)")
    }

    private func check(_ name: String, _ shape: [Int]) throws(TrainingError) {
        guard let stored = tensors[name] else {
            throw refusal("the tensor '\(name)' is missing; it is damaged, or another recipe's")
        }
        guard stored.shape == shape else {
            throw refusal(
                "the tensor '\(name)' has shape \(stored.shape), expected \(shape): take the recipe it was made by")
        }
        guard stored.scalarType == .float32 else {
            throw refusal(
                "the tensor '\(name)' is \(stored.scalarType.rawValue), expected float32: take the original file")
        }
    }

    private func tensor(_ name: String) throws(TrainingError) -> Tensor {
        guard let stored = tensors[name] else { throw refusal("the tensor '\(name)' is missing") }
        let result: Tensor
        do {
            result = try stored.tensor()
        } catch {
            throw refusal("\(error)")
        }
        stored.releasePages()
        guard result.scalars.allSatisfy(\.isFinite) else {
            throw refusal(
                "the tensor '\(name)' holds a number that is not finite; it is damaged: take an earlier checkpoint")
        }
        return result
    }

    private func refusal(_ reason: String) -> TrainingError { .checkpoint(file: url.path, reason: reason) }
}
