package import DINO

/// A form of an answer about attention.
package enum AttentionForm: String, Sendable, CaseIterable {
    /// Values, masks and boxes in JSON.
    case json
    /// The values as one NumPy array.
    case npy
    /// A PNG that is white where the mask is.
    case mask
    /// A PNG of the photograph under the values' colours.
    case overlay

    /// The form by media type.
    var visual: VisualForm {
        switch self {
        case .json: .json
        case .npy: .npy
        case .mask, .overlay: .png
        }
    }

    /// Whether it shows one map.
    var isPicture: Bool { visual == .png }

    /// The form that `accept` prefers; of pictures the mask.
    static func choose(_ accept: String?) throws(FeatureAPIError) -> AttentionForm {
        switch try VisualForm.choose(accept) {
        case .json: .json
        case .npy: .npy
        case .png: .mask
        }
    }
}

/// How COCO's run lengths are written.
package enum RunLengthForm: String, Sendable, CaseIterable {
    /// COCO's compressed text.
    case compressed
    /// Numbers.
    case counts
}

/// What a request for attention may choose.
package struct AttentionOptions: RequestOptions, Equatable {
    package static let names = [
        "exclude_artefacts", "format", "heads", "method", "rle", "size", "threshold", "upsampling",
    ]
    package static let jsonNames: Set = ["exclude_artefacts", "size", "threshold"]
    package static let wholeNumberNames: Set = ["size"]

    /// One of the words or numbers of `heads`.
    package enum Heads: Sendable, Equatable {
        /// Each head.
        case all
        case one(AttentionMaps.Selection)
    }

    package var excludesArtefacts = false
    package var form: AttentionForm?
    package var heads: [Heads]?
    package var method = ObjectMethod.attention
    package var runLengths = RunLengthForm.compressed
    package var size: Int?
    package var threshold: Float?
    package var upsampling: Upsampling?

    package init() {}

    package mutating func set(_ name: String, to value: JSONValue) throws(FeatureAPIError) {
        switch name {
        case "exclude_artefacts":
            guard case .bool(let flag) = value else {
                throw FeatureAPIError(.invalidOption, "The option \"exclude_artefacts\" takes true or false.")
            }
            excludesArtefacts = flag
        case "format": form = try Option.choice(value.text, name)
        case "heads": heads = try Self.heads(value)
        case "method": method = try Option.choice(value.text, name)
        case "rle": runLengths = try Option.choice(value.text, name)
        case "size": size = try Option.positive(value, name)
        case "upsampling": upsampling = try Option.choice(value.text, name)
        default:
            // Between 0 and 1 still, once it is a Float.
            guard case .number(let number) = value, case let share = Float(number), share > 0, share < 1 else {
                throw FeatureAPIError(
                    .invalidOption,
                    "The option \"threshold\" takes a share of the attention between 0 and 1, such as 0.6.")
            }
            threshold = share
        }
    }

    /// Words and numbers separated by commas, or in JSON one of them or an array.
    private static func heads(_ value: JSONValue) throws(FeatureAPIError) -> [Heads] {
        let values: [JSONValue]
        switch value {
        case .array(let elements): values = elements
        case .string(let text):
            values = text.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false).map { .string($0) }
        default: values = [value]
        }
        var heads = [Heads]()
        for value in values {
            let head = try head(value)
            guard !heads.contains(head) else {
                throw FeatureAPIError(.invalidOption, "The option \"heads\" names something twice.")
            }
            heads.append(head)
        }
        guard !heads.isEmpty else { throw FeatureAPIError(.invalidOption, "The option \"heads\" names nothing.") }
        return heads
    }

    private static func head(_ value: JSONValue) throws(FeatureAPIError) -> Heads {
        switch value.text {
        case "all": return .all
        case "mean": return .one(.mean)
        case "max": return .one(.max)
        default:
            guard let number = value.integer ?? value.text.flatMap({ Int($0) }), number >= 0 else {
                throw FeatureAPIError(
                    .invalidOption, "The option \"heads\" takes all, mean, max and numbers of heads from 0.")
            }
            return .one(.head(number))
        }
    }
}
