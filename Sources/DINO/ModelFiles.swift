import Foundation

/// Where a model's parts lie: its weights and, perhaps, its manifest.
struct ModelFiles {
    /// The checkpoint: a file, or a Hugging Face folder.
    let weights: URL
    /// What `model.json` says; empty where there is none.
    let manifest: Manifest
    /// The folder's name, or the file's without its extension.
    let name: String
    /// The manifest's path, for messages.
    let descriptionPath: String
    /// What is written about the model; nothing where it is a bare checkpoint.
    let card: String?

    /// The names tried in a folder whose manifest names no file, in this order.
    private static let candidates = ["model.safetensors", "checkpoint.safetensors", "checkpoint.pth", "model.pth"]

    /// The parts of the model at `path`: a model directory, a Hugging Face folder, or a bare checkpoint.
    ///
    /// Beside a bare checkpoint a `model.json` counts only if it names that file, or none.
    init(path: String) throws(ModelError) {
        let url = URL(fileURLWithPath: path).standardizedFileURL
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder) else {
            throw .notFound(
                "no model at \(path): give a model directory, a .safetensors or .pth file, or get an official one "
                    + "with scripts/get-weights dino_vits16")
        }
        let folder = isFolder.boolValue ? url : url.deletingLastPathComponent()
        let file = folder.appendingPathComponent("model.json")
        let manifest = FileManager.default.fileExists(atPath: file.path) ? try Manifest.read(file) : Manifest()
        descriptionPath = file.path
        card = isFolder.boolValue ? ModelCard.read(in: url) : nil
        if isFolder.boolValue {
            self.manifest = manifest
            name = url.lastPathComponent
            weights = try Self.weights(in: url, manifest)
        } else {
            self.manifest = manifest.weights ?? url.lastPathComponent == url.lastPathComponent ? manifest : Manifest()
            name = url.deletingPathExtension().lastPathComponent
            weights = url
        }
    }

    private static func weights(in folder: URL, _ manifest: Manifest) throws(ModelError) -> URL {
        if let named = manifest.weights {
            guard !named.isEmpty, !named.contains("/"), named != "..", named != "." else {
                throw .description(
                    file: folder.appendingPathComponent("model.json").path,
                    reason: "weights must be the name of a file beside it, not \"\(named)\"")
            }
            return folder.appendingPathComponent(named)
        }
        let present = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        if present.contains("config.json") { return folder }
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
