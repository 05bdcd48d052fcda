import Checkpoints
import DINO
import Foundation
import Tensors
import TestSupport

/// A folder of one test with images by class and a model small enough to be made there, deleted afterwards.
final class EvaluationFolder: Sendable {
    let url: URL
    /// The model's file.
    var model: String { path("model/model.safetensors") }

    static let architecture = Architecture(family: .dino, embedDim: 64, depth: 5, heads: 1, patchSize: 4, gridSize: 3)

    init() throws {
        url = FileManager.default.temporaryDirectory.appending(path: "dino-train-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url.appending(path: "model"), withIntermediateDirectories: true)
        var generator = SeededGenerator(seed: 1)
        let tensors = Self.architecture.tensorShapes.sorted { $0.key < $1.key }.map { name, shape in
            let scalars = (0..<shape.reduce(1, *)).map { _ in Float.random(in: -0.2...0.2, using: &generator) }
            return (name: name, tensor: Tensor(shape: shape, scalars: scalars))
        }
        try Safetensors.write(tensors, to: url.appending(path: "model/model.safetensors"))
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    func path(_ name: String) -> String { url.appending(path: name).path }

    func write(_ name: String, _ data: Data) throws {
        let file = url.appending(path: name)
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try data.write(to: file)
    }

    /// Writes `count` images of each class, whose red tells the class.
    func writeImages(_ folder: String, classes: [String] = ["cat", "dog"], count: Int = 12) throws {
        for (place, name) in classes.enumerated() {
            for index in 0..<count {
                try write(
                    "\(folder)/\(name)/\(index).png", PNGFile.gradient(side: 12, seed: UInt8(place * 120 + index)))
            }
        }
    }
}
