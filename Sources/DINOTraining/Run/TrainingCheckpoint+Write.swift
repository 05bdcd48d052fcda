package import Checkpoints
import DINO
public import Foundation

extension TrainingCheckpoint {
    /// Writes a trainer's state and a run's record; the file appears whole under its name or stays as it was.
    ///
    /// - Throws: `TrainingError.checkpoint` where the disk fails or is full.
    public static func write(_ trainer: Trainer, record: RunRecord, to url: URL) throws(TrainingError) {
        let manifest = trainer.recipe.manifest(record, precision: trainer.student.precision)
        let metadata = [
            Manifest.metadataKey: try json(manifest, file: url),
            "format": format, "version": version, "recipe": try trainer.recipe.json(),
            "updates": try json(trainer.updateCounts, file: url), "record": try json(record, file: url),
        ]
        do {
            try Safetensors.write(trainer.state, metadata: metadata, to: url)
        } catch {
            throw failure(error, url)
        }
    }

    /// What to say where a checkpoint could not be written, or not flushed.
    package static func failure(_ error: CheckpointError, _ url: URL) -> TrainingError {
        if case .unflushedFolder = error {
            return .output(file: url.path, reason: "was saved, but may not outlive a power loss: \(error)")
        }
        return .checkpoint(
            file: url.path,
            reason: "could not be saved, and is as it was: \(error). Make room or the folder writable, then go on with "
                + "--resume")
    }

    private static func json(_ value: some Encodable, file: URL) throws(TrainingError) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            return String(decoding: try encoder.encode(value), as: UTF8.self)
        } catch {
            throw .checkpoint(file: file.path, reason: "could not be saved: \(error)")
        }
    }
}

extension Trainer {
    /// Starts student and teacher from the backbone in a file: the teacher of a training, or any model that
    /// `Checkpoints` opens. The head stays fresh.
    ///
    /// - Throws: `TrainingError.checkpoint`, which names the tensor that is missing or misshapen.
    public func initialize(from url: URL) throws(TrainingError) {
        let source: Checkpoint
        do {
            if let file = try? TensorFile.open(url), TrainingCheckpoint.isTraining(file.metadata) {
                let checkpoint = try TrainingCheckpoint(url)
                return try initializeBackbone { name, shape throws(TrainingError) in
                    try checkpoint.teacherBackbone(name, shape: shape)
                }
            }
            source = try Checkpoint.open(url)
        } catch let error as TrainingError {
            throw error
        } catch {
            throw .checkpoint(file: url.path, reason: "\(error)")
        }
        try initializeBackbone { name, shape throws(TrainingError) in
            guard let stored = source.tensors[name] else {
                throw .checkpoint(
                    file: source.url.path, reason: "the tensor '\(name)' is missing: choose its own shape")
            }
            guard stored.shape == shape else {
                throw .checkpoint(
                    file: source.url.path,
                    reason: "the tensor '\(name)' has shape \(stored.shape), the recipe's network has \(shape): choose "
                        + "--embed_dim, --depth, --patch_size and --image_size as it was trained with")
            }
            do {
                return try stored.tensor()
            } catch {
                throw .checkpoint(file: source.url.path, reason: "\(error)")
            }
        }
    }
}
