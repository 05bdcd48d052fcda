import Checkpoints
public import DINO
import Foundation
public import Tensors

/// A model that was not trained: what a trained one of its shape has to be better than.
public enum RandomWeights {
    /// A model of another's shape and knobs with the reference's initial weights.
    ///
    /// They are written to a temporary model directory, loaded as any model's are, and removed.
    public static func model(like model: Model, seed: UInt64 = 0, on compute: Compute) throws -> Model {
        let folder = FileManager.default.temporaryDirectory.appending(path: "random-weights-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let shapes = model.architecture.tensorShapes.sorted { $0.key < $1.key }
        let tensors = shapes.enumerated().map { index, entry in
            var generator = CounterGenerator(seed: seed, epoch: 0, image: index, crop: .max, step: 1)
            let values = InitialWeights.values(
                entry.key, shape: entry.value, patchSize: model.architecture.patchSize, &generator)
            return (name: entry.key, tensor: Tensor(shape: entry.value, scalars: values))
        }
        try Safetensors.write(tensors, to: folder.appending(path: "model.safetensors"))
        var manifest = Manifest()
        manifest.name = "random weights like \(model.name)"
        manifest.heads = model.architecture.heads
        manifest.layerNormEps = model.architecture.layerNormEpsilon
        manifest.interpolateOffset = model.interpolation.offset
        manifest.antialias = model.interpolation.antialias
        manifest.preprocessing = model.preprocessing
        try manifest.encoded().write(to: folder.appending(path: "model.json"))
        return try Model.load(folder.path, on: compute)
    }
}
