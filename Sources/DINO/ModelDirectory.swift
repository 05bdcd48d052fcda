public import Checkpoints
public import Foundation

/// The writing of a model directory: `model.safetensors` under the reference's names, and `model.json`.
public enum ModelDirectory {
    /// Writes the tensors the model uses, in `scalarType`, and a manifest that states every knob and the weights' hash.
    ///
    /// The weights go first, the manifest last, each by temporary file and rename: a directory with a manifest is
    /// whole. What the manifest says of `weights` and `sha256` is set here.
    ///
    /// - Parameter checkpoint: where the model was loaded from, opened again.
    public static func write(
        _ model: Model, from checkpoint: Checkpoint, to folder: URL, scalarType: ScalarType = .float32,
        manifest changes: (inout Manifest) -> Void = { _ in }
    ) throws {
        try DurableFolder.make(folder.path)
        let names = model.architecture.tensorShapes.keys.sorted()
        let tensors = try names.map { name in
            guard let stored = checkpoint.tensors[name] else {
                throw ModelError.tensors(file: checkpoint.url.path, differences: ["'\(name)' is missing"])
            }
            return (name: name, tensor: try stored.tensor())
        }
        let weights = folder.appendingPathComponent("model.safetensors")
        let description = folder.appendingPathComponent("model.json")
        if FileManager.default.fileExists(atPath: description.path) {
            try FileManager.default.removeItem(at: description)  // it does not describe the weights to come
        }
        try Safetensors.write(tensors, metadata: ["format": "pt"], scalarType: scalarType, to: weights)

        var manifest = Manifest(describing: model)
        changes(&manifest)
        manifest.weights = weights.lastPathComponent
        manifest.sha256 = try Fingerprint.sha256(of: MappedFile(path: weights.path))
        try AtomicFile.write([UInt8](manifest.encoded()), to: description.path)
    }
}

extension Manifest {
    /// A manifest that states every knob of a loaded model, so that nothing about it is left to be inferred.
    init(describing model: Model) {
        let shape = model.architecture
        self.init()
        name = model.name
        family = shape.family
        embedDim = shape.embedDim
        depth = shape.depth
        heads = shape.heads
        patch = shape.patchSize
        trainSize = shape.trainSize
        registers = shape.registers
        ffn = shape.feedForward
        layerNormEps = shape.layerNormEpsilon
        interpolateOffset = model.interpolation.offset
        antialias = model.interpolation.antialias
        preprocessing = model.preprocessing
        provenance = model.manifest.provenance
    }
}
