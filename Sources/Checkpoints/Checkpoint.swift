public import Foundation

/// A trained Vision Transformer's tensors under the reference's names, whatever file they came from.
///
///     let checkpoint = try Checkpoint.open(URL(fileURLWithPath: "dino_vits16.pth"))
///     let weights = try checkpoint.tensors["blocks.0.attn.qkv.weight"]?.tensor()   // (3·D, D)
public struct Checkpoint: Sendable {
    /// The file that holds the tensors.
    public let url: URL
    /// The file's format.
    public let container: Container
    /// The naming scheme the file follows.
    public let layout: Layout
    /// The tensors by canonical name: exactly the names of the reference's backbone.
    ///
    /// A tensor of unknown purpose stays under its own name without prefixes. `pos_embed` of a timm model with
    /// registers has no row for the CLS token; its shape, `(1, N, D)` with N a square number, says so.
    public let tensors: [String: StoredTensor]
    /// The names in the file by canonical name: three for a `qkv` joined from query, key and value.
    public let sourceNames: [String: [String]]
    /// What was skipped by rule: heads, poolers, classifiers, the student, optimizer state, options.
    public let ignored: [String]
    /// `__metadata__` of a safetensors file, else empty.
    public let metadata: [String: String]
    /// The configuration beside a file of a Hugging Face layout, nil for the other layouts.
    public let huggingFace: HuggingFaceConfig?
    /// The bytes that the tensors lie in, whatever has since been put at ``url``.
    package let file: MappedFile

    /// The checkpoint in a `.safetensors`, `.pth` or `.pt` file, recognised by content, or in a Hugging Face folder.
    ///
    /// The file is mapped, not read: opening costs its header, whatever its size. Nothing in it is executed.
    ///
    /// - Parameter key: the network to take from a training's checkpoint, which holds two.
    /// - Throws: `CheckpointError`, which names the file and the tensor, instruction or object in question.
    public static func open(_ url: URL, key: CheckpointKey = .teacher) throws(CheckpointError) -> Checkpoint {
        let url = try weightsFile(url)
        let file = try TensorFile.open(url, key: key)
        guard !file.tensors.isEmpty || file.ignored.isEmpty else {
            throw .unsupported(
                file: url.path,
                what:
                    "a checkpoint of \(file.ignored.prefix(5).map(quoted).joined(separator: ", ")) without a "
                    + "\(key.rawValue), model or state_dict",
                advice: "Save the backbone's state dict, best as safetensors.")
        }
        let canonical = try CanonicalTensors(file.tensors, key: key, file: url.path)
        var configuration: HuggingFaceConfig?
        if canonical.layout.isHuggingFace {
            configuration = try HuggingFaceConfig.read(folder: url.deletingLastPathComponent())
        }
        return Checkpoint(
            url: url, container: file.container, layout: canonical.layout, tensors: canonical.tensors,
            sourceNames: canonical.sourceNames, ignored: file.ignored + canonical.ignored, metadata: file.metadata,
            huggingFace: configuration, file: file.file)
    }

    /// The weights in a folder, or the file itself.
    private static func weightsFile(_ url: URL) throws(CheckpointError) -> URL {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder), isFolder.boolValue else {
            return url
        }
        let names = ["model.safetensors", "pytorch_model.bin"]
        for candidate in names.map(url.appendingPathComponent) where (try? candidate.checkResourceIsReachable()) == true
        {
            return candidate
        }
        if FileManager.default.fileExists(atPath: url.appendingPathComponent("model.safetensors.index.json").path) {
            throw .unsupported(
                file: url.path, what: "a checkpoint in several files", advice: "Save it as one model.safetensors.")
        }
        throw .configuration(file: url.path, reason: "the folder holds neither \(names[0]) nor \(names[1])")
    }
}
