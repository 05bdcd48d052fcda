/// Why the collection's file did not do what was asked: what failed, on which file, and what to do next.
///
/// Whatever is thrown, nothing of the call that threw it is stored, except where its documentation says so.
public enum StorageError: Error, Sendable, Equatable {
    /// Another process (`holder`, where it is known) has the collection open.
    case inUse(file: String, holder: Int32?)
    /// The file cannot be opened or made.
    case cannotOpen(file: String, reason: String)
    /// The file is no collection: no SQLite file, or another program's.
    case foreign(file: String, reason: String)
    /// The file was written by a newer program.
    case newerVersion(file: String, version: Int, known: Int)
    /// The store was closed.
    case closed(file: String)
    /// The disk, or the file's largest allowed size, is full.
    case full(file: String, doing: String)
    /// The file or its folder may not be written, or the store was opened to be read only.
    case readOnly(file: String, doing: String)
    /// Another program kept the file locked for longer than `Options.busyTimeout`.
    case busy(file: String, doing: String)
    /// The file's content contradicts itself.
    case corrupt(file: String, doing: String, reason: String)
    /// The operating system could not read or write.
    case inputOutput(file: String, doing: String, reason: String)
    /// A rule of the file's own schema was broken, which is a mistake of the program.
    case constraint(file: String, doing: String, reason: String)
    /// Anything else that SQLite says.
    case other(file: String, doing: String, reason: String)
    /// A value that cannot be stored; the sentence says which and why.
    case invalid(String)
    /// The key names another image already.
    case keyTaken(key: String, by: Int64)
    /// The image was changed since: it has another revision than the one that was asked for.
    case revisionMismatch(id: Int64, expected: Int, actual: Int)
    /// There is no such generation.
    case unknownGeneration(Int64)
    /// Not every image has features under the generation.
    case incompleteGeneration(Int64, missing: Int)
    /// The generation is the one that answers searches.
    case activeGeneration(Int64)
}

extension StorageError: CustomStringConvertible {
    /// One sentence or two for a person: what failed, on what, what to do.
    public var description: String {
        switch self {
        case .inUse(let file, let holder?):
            "\(file) is in use by process \(holder): stop the server or the command that has it open, or wait for it."
        case .inUse(let file, nil):
            "\(file) is in use by another process: stop the server or the command that has it open, or wait for it."
        case .cannotOpen(let file, let reason):
            "\(file) cannot be opened: \(reason)."
        case .foreign(let file, let reason):
            "\(file) is not a collection of images: \(reason). It was left as it is; name another file."
        case .newerVersion(let file, let version, let known):
            "\(file) was written by a newer version of this program (schema \(version), this one knows \(known)): "
                + "run that version, or restore a copy from before. It was left as it is."
        case .closed(let file):
            "\(file) was closed already."
        case .full(let file, let doing):
            "\(doing) failed: the disk of \(file) is full. Nothing was lost; free some space and try again."
        case .readOnly(let file, let doing):
            "\(doing) failed: \(file) may not be written. Give this user the right to write the file and its folder."
        case .busy(let file, let doing):
            "\(doing) failed: another program has \(file) locked. Close it there, then try again."
        case .corrupt(let file, let doing, let reason):
            "\(doing) failed: \(file) is damaged (\(reason)). Stop the server, run `dino-server check`, and restore a "
                + "copy if it confirms that."
        case .inputOutput(let file, let doing, let reason):
            "\(doing) failed: \(file) could not be read or written (\(reason)). Look at the disk and the system's log."
        case .constraint(let file, let doing, let reason), .other(let file, let doing, let reason):
            "\(doing) failed on \(file): \(reason). Please report this."
        case .invalid(let sentence):
            sentence
        case .keyTaken(let key, let id):
            "The key \(key) names image \(id) already: choose another, or remove that image."
        case .revisionMismatch(let id, let expected, let actual):
            "Image \(id) was changed meanwhile: revision \(actual), not \(expected). Read it again, then change it."
        case .unknownGeneration(let id):
            "There is no generation \(id): list the generations to see which there are."
        case .incompleteGeneration(let id, let missing):
            "Generation \(id) lacks the features of \(missing) image\(missing == 1 ? "" : "s"): "
                + "re-embed them under its model first."
        case .activeGeneration(let id):
            "Generation \(id) answers the searches: activate another one before dropping it."
        }
    }
}
