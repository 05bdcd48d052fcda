/// What keeps a model from being loaded or run.
public enum ModelError: Error, Sendable, Equatable, CustomStringConvertible {
    /// Nothing at that path, or nothing usable in that folder.
    case notFound(String)
    /// The file opens, but is no Vision Transformer that this program knows.
    case notAModel(String)
    /// Tensors are missing, surplus or misshapen; each entry is one difference.
    case tensors(file: String, differences: [String])
    /// The manifest is unreadable or contradicts the weights.
    case manifest(String)
    /// The weights hold numbers that are not finite.
    case notFinite(String)
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
        case .manifest(let what): "model.json: \(what)"
        case .notFinite(let what): "\(what): the weights are damaged, get them again"
        case .input(let what): what
        }
    }
}
