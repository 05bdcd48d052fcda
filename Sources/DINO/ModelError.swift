public import Tensors

/// What keeps a model from being loaded or run.
public enum ModelError: Error, Sendable, Equatable, CustomStringConvertible {
    /// Nothing at that path, or nothing usable in that folder.
    case notFound(String)
    /// The file opens, but is no Vision Transformer that this program knows.
    case notAModel(String)
    /// Tensors are missing, surplus or misshapen; each entry is one difference.
    case tensors(file: String, differences: [String])
    /// A file that describes the model is unreadable or cannot be meant.
    case description(file: String, reason: String)
    /// A file that describes the model says something else than the tensors.
    case contradiction(_ file: String, _ key: String, _ stated: String, tensors: String)
    /// The weights hold numbers that are not finite.
    case notFinite(String)
    /// The processor has no products of that precision.
    case precision(Precision)
    /// An input the model cannot take.
    case input(String)

    /// The reason in a sentence.
    public var description: String {
        switch self {
        case .notFound(let what): what
        case .notAModel(let what): "not a DINO or DINOv2 model: \(what)"
        case .tensors(let file, let differences):
            "\(file) does not fit the architecture its tensors spell: " + differences.prefix(5).joined(separator: "; ")
                + (differences.count > 5 ? "; and \(differences.count - 5) more" : "")
        case .description(let file, let reason): "\(file): \(reason)"
        case .contradiction(let file, let key, let stated, let tensors):
            "\(file): \"\(key)\" is \(stated) there, but the tensors say \(tensors)"
        case .notFinite(let what): "\(what): the weights are damaged, get them again"
        case .precision(let precision):
            "this processor has no instructions for \(precision.rawValue): choose auto, or fp32"
        case .input(let what): what
        }
    }
}
