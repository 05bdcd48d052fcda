/// What kept a checkpoint from being read or written: the file, the place in it, and what to do.
public enum CheckpointError: Error, Sendable, Equatable {
    /// A system call failed on a path.
    case system(call: String, path: String, reason: String)
    /// A file was written and has its name, but its folder could not be flushed.
    case unflushedFolder(file: String, reason: String)
    /// The bytes are no checkpoint; `resemblance` says what they look like.
    case unknownFormat(file: String, resemblance: String)
    /// The container's structure contradicts itself or the file's length.
    case damaged(file: String, reason: String)
    /// One tensor's description or bytes are wrong.
    case damagedTensor(file: String, tensor: String, reason: String)
    /// A limit on what is read from a file was exceeded.
    case limitExceeded(file: String, what: String, limit: Int)
    /// A valid file of a kind that is not read; `advice` says how to make one that is.
    case unsupported(file: String, what: String, advice: String)
    /// The pickle names a Python object that tensors do not need. Nothing was called.
    case refusedGlobal(file: String, name: String)
    /// The pickle holds an instruction that tensors do not need. Nothing was executed.
    case refusedOpcode(file: String, name: String, offset: Int)
    /// The tensors' names follow no known layout.
    case unknownLayout(file: String, names: [String])
    /// A tensor that another one of the same layer requires is missing.
    case missingTensor(file: String, tensor: String)
    /// A `config.json` or `preprocessor_config.json` is absent or not understood.
    case configuration(file: String, reason: String)
}

extension CheckpointError: CustomStringConvertible {
    /// One sentence for a person, naming the file, the fault and the remedy.
    public var description: String {
        switch self {
        case .system(let call, let path, let reason):
            "\(call) failed on \(path): \(reason)"
        case .unflushedFolder(let file, let reason):
            "\(file) is written whole, but its folder could not be flushed (\(reason)), so after a power loss the earlier "
                + "file may be there instead: check the disk, then write it again"
        case .unknownFormat(let file, let resemblance):
            "\(file) is no checkpoint: it looks like \(resemblance). "
                + "Give a .safetensors or .pth file, or a Hugging Face folder."
        case .damaged(let file, let reason):
            "\(file) is damaged: \(reason). Download or export it again."
        case .damagedTensor(let file, let tensor, let reason):
            "\(file): tensor \(quoted(tensor)): \(reason)."
        case .limitExceeded(let file, let what, let limit):
            "\(file): \(what) exceeds the limit of \(limit)."
        case .unsupported(let file, let what, let advice):
            "\(file): \(what) is not read. \(advice)"
        case .refusedGlobal(let file, let name):
            "\(file) asks for the Python object \(quoted(name)), which weights do not need; nothing was executed. "
                + "Save only the state dict, best as safetensors."
        case .refusedOpcode(let file, let name, let offset):
            "\(file) holds the pickle instruction \(name) at byte \(offset), which weights do not need; "
                + "nothing was executed. Save only the state dict, best as safetensors."
        case .unknownLayout(let file, let names):
            "\(file) is not a Vision Transformer of DINO, DINOv2, timm or Hugging Face: its tensors are "
                + (names.isEmpty ? "none" : names.map(quoted).joined(separator: ", ")) + "."
        case .missingTensor(let file, let tensor):
            "\(file) lacks the tensor \(quoted(tensor))."
        case .configuration(let file, let reason):
            "\(file): \(reason)."
        }
    }
}

/// A name from a file made safe to print: quoted, control characters escaped, cut at 120 characters.
func quoted(_ name: String) -> String {
    var text = ""
    for scalar in name.unicodeScalars.prefix(120) {
        text += scalar.properties.generalCategory == .control ? scalar.escaped(asASCII: true) : String(scalar)
    }
    return "'" + text + (name.unicodeScalars.count > 120 ? "…" : "") + "'"
}
