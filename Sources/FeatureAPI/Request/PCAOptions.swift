import DINO

/// The options of `POST /v1/pca`.
struct PCAOptions: RequestOptions {
    static let names = ["basis", "components", "encoding_format", "foreground", "model", "size", "spread"]
    static let jsonNames: Set = ["basis", "components", "foreground", "size"]

    /// Directions of a basis.
    static let components = 1...16
    /// Bytes of a form's field: a basis of 16 directions of 1,536 numbers takes 164 KB.
    static let maximumFieldBytes = 512 << 10

    var components: Int?
    var foreground: Bool?
    var spread: PatchBasis.Spread?
    /// A basis from an earlier answer.
    var basis: NamedBasis?
    var encodingFormat = ValueEncoding.float
    var size: Int?
    var model: String?

    init() {}

    mutating func set(_ name: String, to value: JSONValue) throws(FeatureAPIError) {
        switch name {
        case "components": components = try Option.integer(value, name, in: Self.components)
        case "foreground":
            guard case .bool(let isOn) = value else {
                throw FeatureAPIError(.invalidOption, "The option \"foreground\" takes true or false.")
            }
            foreground = isOn
        case "spread": spread = try Option.choice(value.text, name)
        case "basis": basis = try NamedBasis(json: value)
        case "encoding_format": encodingFormat = try Option.choice(value.text, name)
        case "size": size = try Option.positive(value, name)
        default: model = try Option.text(value, name)
        }
    }

    /// What a new basis has to be, where none was given.
    var request: PatchBasis.Request {
        PatchBasis.Request(
            components: components ?? 3, foreground: foreground ?? false, spread: spread ?? .minMax)
    }

    /// Refuses options that contradict each other, and a basis of another model.
    func check(for model: ModelDescription) throws(FeatureAPIError) {
        try model.check(name: self.model)
        guard let basis else {
            guard request.components <= model.embedDim else {
                throw FeatureAPIError(
                    .invalidOption, "The option \"components\" takes 1 to \(model.embedDim) with this model.")
            }
            return
        }
        guard components == nil, foreground == nil, spread == nil else {
            throw FeatureAPIError(
                .invalidOption, "A \"basis\" settles components, foreground and spread; leave them out.")
        }
        guard basis.fingerprint == model.fingerprint, basis.basis.dimensions == model.embedDim else {
            throw FeatureAPIError(
                .invalidOption,
                "The \"basis\" is of another model, \(basis.fingerprint); this one's fingerprint is \(model.fingerprint)."
            )
        }
    }
}
