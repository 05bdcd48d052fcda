import Checkpoints
import DINO
import Foundation
import Tensors

/// A folder of one test with a model small enough to be made there, deleted afterwards.
final class Workspace: Sendable {
    let folder: URL
    /// The model's directory.
    var model: String { path("model") }

    static let architecture = Architecture(family: .dino, embedDim: 64, depth: 2, heads: 1, patchSize: 4, gridSize: 3)
    /// One red pixel.
    static let png = Data(
        base64Encoded: "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4z8AAAAMBAQDJ/pLvAAAAAElFTkSuQmCC")

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "dino-server-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder.appending(path: "model"), withIntermediateDirectories: true)
        let tensors = Self.architecture.tensorShapes.sorted { $0.key < $1.key }.map { name, shape in
            let scalars = (0..<shape.reduce(1, *)).map { Float(($0 * 7 + name.utf8.count) % 13 - 6) / 50 }
            return (name: name, tensor: Tensor(shape: shape, scalars: scalars))
        }
        try Safetensors.write(tensors, to: folder.appending(path: "model/model.safetensors"))
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    func path(_ name: String) -> String { folder.appending(path: name).path }

    /// Writes a file and gives its path.
    func write(_ name: String, _ data: Data?) throws -> String {
        let url = folder.appending(path: name)
        try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try (data ?? Data()).write(to: url)
        return url.path
    }

    func write(_ name: String, _ text: String) throws -> String { try write(name, Data(text.utf8)) }
}
