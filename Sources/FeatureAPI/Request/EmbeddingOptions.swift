/// A kind of feature that a Vision Transformer gives.
public enum FeatureKind: String, Sendable, CaseIterable {
    /// The class token after the final norm, `(D)`.
    case cls
    /// The patch tokens after the final norm, `(N, D)`.
    case patches
    /// The register tokens after the final norm, `(R, D)`.
    case registers
    /// The attention that CLS pays to each patch in the last block, `(H, N)`.
    case clsAttention = "cls_attention"
    /// The lengths of the patch tokens before the final norm, `(1, N)`.
    case patchNorms = "patch_norms"

    /// The kinds that are features: vectors to compare, which are answered with length 1.
    static let features = [cls, patches, registers]
}

/// How vectors are written in JSON.
package enum EncodingFormat: String, Sendable, CaseIterable {
    /// Numbers.
    case float
    /// Base64 of little-endian float32.
    case base64
}

/// What a request may choose about its answer.
package struct EmbeddingOptions: Sendable, Equatable {
    /// The kinds asked for, in the order of the request, each once.
    package var features: [FeatureKind] = [.cls]
    /// Side of the model's input in pixels; the model's own where nothing is said.
    package var size: Int?
    /// How many numbers of each vector to keep; all where nothing is said.
    package var dimensions: Int?
    package var encodingFormat = EncodingFormat.float
    /// The model that the caller expects.
    package var model: String?

    package init() {}
}

extension EmbeddingOptions: RequestOptions {
    package static let names = ["dimensions", "encoding_format", "features", "model", "size"]
    package static let jsonNames: Set = ["dimensions", "size"]
    package static let wholeNumberNames: Set = ["dimensions", "size"]

    package mutating func set(_ name: String, to value: JSONValue) throws(FeatureAPIError) {
        switch name {
        case "features": features = try Option.features(value)
        case "size": size = try Option.positive(value, name)
        case "dimensions": dimensions = try Option.positive(value, name)
        case "encoding_format": encodingFormat = try Option.choice(value.text, name)
        default: model = try Option.text(value, name)
        }
    }
}
