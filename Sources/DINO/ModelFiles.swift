import Foundation

/// Where a model's parts lie: its weights and, perhaps, its manifest.
struct ModelFiles: Equatable {
    /// The checkpoint: a file, or a Hugging Face folder.
    let weights: URL
    /// `model.json`, where there is one.
    let manifest: URL?
    /// The folder's name, or the file's without its extension.
    let name: String

    /// The names tried in a folder whose manifest names no file, in this order.
    static let candidates = ["model.safetensors", "checkpoint.safetensors", "checkpoint.pth", "model.pth"]

    /// The parts of the model at `path`: a model directory, a Hugging Face folder, or a bare checkpoint.
    init(path: String) throws(ModelError) {
        let url = URL(fileURLWithPath: path).standardizedFileURL
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder) else {
            throw .notFound(
                "no model at \(path): give a model directory, a .safetensors or .pth file, or get an official one "
                    + "with scripts/get-weights dino_vits16")
        }
        let folder = isFolder.boolValue ? url : url.deletingLastPathComponent()
        let manifest = folder.appendingPathComponent("model.json")
        self.manifest = FileManager.default.fileExists(atPath: manifest.path) ? manifest : nil
        name = isFolder.boolValue ? url.lastPathComponent : url.deletingPathExtension().lastPathComponent
        weights = isFolder.boolValue ? try Self.weights(in: url, manifest: self.manifest) : url
    }

    private static func weights(in folder: URL, manifest: URL?) throws(ModelError) -> URL {
        if let manifest, let named = try Manifest.read(manifest).weights {
            guard !named.isEmpty, !named.contains("/"), named != "..", named != "." else {
                throw .manifest("\"weights\" must be the name of a file beside it, not \"\(named)\"")
            }
            return folder.appendingPathComponent(named)
        }
        let present = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        if let candidate = candidates.first(where: present.contains) { return folder.appendingPathComponent(candidate) }
        let checkpoints = present.filter { [".safetensors", ".pth", ".pt"].contains(where: $0.hasSuffix) }.sorted()
            .filter { $0 != "expected.safetensors" }
        guard checkpoints.count == 1, let only = checkpoints.first else {
            let found = checkpoints.isEmpty ? "no checkpoint" : checkpoints.joined(separator: ", ")
            throw .notFound("\(folder.path) holds \(found): name one file, or state \"weights\" in its model.json")
        }
        return folder.appendingPathComponent(only)
    }
}
