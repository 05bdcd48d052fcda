import Checkpoints
import DINO
import Foundation
import Tensors

/// A model small enough to write, break and load in a test.
struct TinyModel {
    let folder: URL
    var tensors: [String: Tensor] = [:]
    var manifest: String?

    init(_ architecture: Architecture = .tiny) throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("tiny-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for (name, shape) in architecture.tensorShapes {
            tensors[name] = Tensor(
                shape: shape, scalars: (0..<shape.reduce(1, *)).map { Float(($0 * 7 + name.count) % 13 - 6) / 50 })
        }
    }

    /// Writes what is there now; the weights' file.
    func write() throws -> URL {
        let file = folder.appendingPathComponent("model.safetensors")
        try Safetensors.write(tensors.sorted { $0.key < $1.key }.map { (name: $0.key, tensor: $0.value) }, to: file)
        if let manifest { try Data(manifest.utf8).write(to: folder.appendingPathComponent("model.json")) }
        return file
    }

    /// Writes what is there now and loads it.
    func load() throws -> Model {
        _ = try write()
        return try Model.load(folder.path, on: Compute(threads: 1))
    }

    /// Puts text behind the first brace of a safetensors header.
    func insert(header text: String, into file: URL) throws {
        var data = try Data(contentsOf: file)
        let length = data.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) } + text.utf8.count
        data.insert(contentsOf: Data(text.utf8), at: 9)
        for byte in 0..<8 { data[byte] = UInt8(truncatingIfNeeded: length >> (8 * byte)) }
        try data.write(to: file)
    }

    func remove() { try? FileManager.default.removeItem(at: folder) }
}

extension Architecture {
    static let tiny = Architecture(family: .dino, embedDim: 64, depth: 2, heads: 1, patchSize: 4, gridSize: 3)
}

/// The message of what a closure throws, empty when it throws nothing.
func message(_ body: () throws -> some Any) -> String {
    do {
        _ = try body()
        return ""
    } catch {
        return "\(error)"
    }
}
