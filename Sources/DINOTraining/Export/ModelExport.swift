public import Checkpoints
public import DINO
public import Foundation

/// The writing of a model directory from a training's checkpoint.
public enum ModelExport {
    /// Writes a model's weights and manifest, which states every knob and where the model comes from.
    ///
    /// - Parameters:
    ///   - key: the network the model was loaded from; the student is named as such in the provenance.
    ///   - name: the model's name; the folder's where nil.
    ///   - half: whether weights are rounded to float16.
    ///   - measured: figures to add to the provenance, by name.
    /// - Throws: `CheckpointError`, `ModelError`, and what the file system throws.
    public static func write(
        _ model: Model, key: CheckpointKey, to folder: URL, name: String? = nil, half: Bool = false,
        measured: [String: String] = [:]
    ) throws {
        let checkpoint = try Checkpoint.open(model.weightsURL, key: key)
        try ModelDirectory.write(model, from: checkpoint, to: folder, scalarType: half ? .float16 : .float32) {
            manifest in
            manifest.name = name ?? folder.standardizedFileURL.lastPathComponent
            var provenance = manifest.provenance ?? [:]
            if key == .student { provenance["network"] = "the student, not its running mean" }
            for (figure, value) in measured { provenance["measured " + figure] = value }
            manifest.provenance = provenance.isEmpty ? nil : provenance
        }
    }
}
