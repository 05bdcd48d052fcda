/// A kind of feature that a Vision Transformer gives.
public enum FeatureKind: String, Sendable, CaseIterable {
    /// The class token after the final norm, `(D)`.
    case cls
    /// The patch tokens after the final norm, `(N, D)`.
    case patches
    /// The register tokens after the final norm, `(R, D)`.
    case registers
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
}

/// Collects options from the query and then from a form or JSON, whose options count where both have one; refuses unknown
/// ones, and repetitions within either.
package struct OptionReader {
    /// The names of all options, sorted.
    static let names = ["dimensions", "encoding_format", "features", "model", "size"]

    package private(set) var options = EmbeddingOptions()
    private var seen = Set<String>()

    /// A reader that has seen no option.
    package init() {}

    /// Says that what follows is from the body.
    package mutating func beginBody() { seen = [] }

    /// Sets the option `name` to `value`, which for the query and forms is a string.
    package mutating func set(_ name: String, to value: JSONValue) throws(FeatureAPIError) {
        guard Self.names.contains(name) else {
            throw FeatureAPIError(
                .unknownOption, "There is no option \"\(name)\". The options are \(Self.names.joined(separator: ", "))."
            )
        }
        guard seen.insert(name).inserted else {
            throw FeatureAPIError(.invalidOption, "The option \"\(name)\" is given twice.")
        }
        switch name {
        case "features": options.features = try Self.features(value)
        case "size": options.size = try Self.positive(value, name)
        case "dimensions": options.dimensions = try Self.positive(value, name)
        case "encoding_format": options.encodingFormat = try Self.choice(value.text, name)
        default: options.model = try Self.text(value, name)
        }
    }

    /// Sets the option `name` to the text of a query item or form field.
    package mutating func set(_ name: String, toText text: String) throws(FeatureAPIError) {
        let isNumber = !text.isEmpty && text.utf8.count <= 9 && text.utf8.allSatisfy { $0 &- 48 < 10 }
        if isNumber, name == "size" || name == "dimensions", let number = Int(text) {
            try set(name, to: .number(Double(number)))
        } else {
            try set(name, to: .string(Array(text.utf8)[...]))
        }
    }

    private static func features(_ value: JSONValue) throws(FeatureAPIError) -> [FeatureKind] {
        let words: [String?]
        if case .array(let elements) = value {
            words = elements.map(\.text)
        } else {
            words = value.text?.split(separator: ",", omittingEmptySubsequences: false).map(String.init) ?? [nil]
        }
        var kinds = [FeatureKind]()
        for word in words {
            let kind: FeatureKind = try choice(word, "features")
            guard !kinds.contains(kind) else {
                throw FeatureAPIError(.invalidOption, "The option \"features\" names \"\(kind.rawValue)\" twice.")
            }
            kinds.append(kind)
        }
        guard !kinds.isEmpty else { throw FeatureAPIError(.invalidOption, "The option \"features\" names nothing.") }
        return kinds
    }

    private static func choice<Choice: RawRepresentable & CaseIterable>(
        _ text: String?, _ name: String
    ) throws(FeatureAPIError) -> Choice where Choice.RawValue == String {
        guard let choice = text.flatMap(Choice.init(rawValue:)) else {
            let choices = Choice.allCases.map(\.rawValue).joined(separator: ", ")
            throw FeatureAPIError(.invalidOption, "The option \"\(name)\" takes \(choices).")
        }
        return choice
    }

    private static func positive(_ value: JSONValue, _ name: String) throws(FeatureAPIError) -> Int {
        guard let number = value.integer, number > 0 else {
            throw FeatureAPIError(.invalidOption, "The option \"\(name)\" takes a whole number from 1.")
        }
        return number
    }

    private static func text(_ value: JSONValue, _ name: String) throws(FeatureAPIError) -> String {
        guard let text = value.text else {
            throw FeatureAPIError(.invalidOption, "The option \"\(name)\" takes a string, not \(value.kind).")
        }
        return text
    }
}
