/// What a request may choose: values with defaults, each under a name.
package protocol RequestOptions: Sendable {
    /// The names of all options, sorted.
    static var names: [String] { get }
    /// Those of them whose text in a query or a form is read as JSON: numbers, objects.
    static var jsonNames: Set<String> { get }
    /// Those of these that are whole numbers; in a text they are digits alone, not JSON's `64.0` or `6.4e1`.
    static var wholeNumberNames: Set<String> { get }
    /// Nothing chosen.
    init()
    /// Sets the option `name`, which is one of ``names``.
    mutating func set(_ name: String, to value: JSONValue) throws(FeatureAPIError)
}

/// Collects options from the query and then from a form or JSON, whose options count where both have one; refuses unknown
/// ones, and repetitions within either.
package struct OptionReader<Options: RequestOptions>: Sendable {
    package private(set) var options = Options()
    private var seen = Set<String>()

    /// A reader that has seen no option.
    package init() {}

    /// A reader that has seen the options of `query`.
    package init(query: [(name: String, value: String)]) throws(FeatureAPIError) {
        for (name, value) in query { try set(name, toText: value) }
    }

    /// Says that what follows is from the body.
    package mutating func beginBody() { seen = [] }

    /// Sets the option `name` to `value`.
    package mutating func set(_ name: String, to value: JSONValue) throws(FeatureAPIError) {
        guard Options.names.contains(name) else {
            let names =
                Options.names.isEmpty ? "There are none" : "The options are \(Options.names.joined(separator: ", "))"
            throw FeatureAPIError(.unknownOption, "There is no option \"\(name)\". \(names).")
        }
        guard seen.insert(name).inserted else {
            throw FeatureAPIError(.invalidOption, "The option \"\(name)\" is given twice.")
        }
        try options.set(name, to: value)
    }

    /// Sets the option `name` to the text of a query item or form field.
    package mutating func set(_ name: String, toText text: String) throws(FeatureAPIError) {
        let bytes = Array(text.utf8)
        let isJSON = Options.jsonNames.contains(name)
        let isDigits = bytes.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        guard isJSON, isDigits || !Options.wholeNumberNames.contains(name) else {
            return try set(name, to: .string(bytes[...]))
        }
        do throws(FeatureAPIError) {
            try set(name, to: try JSONParser.parse(bytes, what: "The option \"\(name)\""))
        } catch  where error.kind == .malformedBody && bytes.first != UInt8(ascii: "{") {
            // A word where a number or an object belongs: the option says best what it takes.
            try set(name, to: .string(bytes[...]))
        }
    }

    /// Takes the fields of a form, which are its parts that are no files.
    package mutating func set(fields parts: [MultipartPart]) throws(FeatureAPIError) {
        for part in parts where !part.isFile {
            guard let text = String(validating: part.bytes, as: UTF8.self) else {
                throw MultipartParser.fault("the field \"\(part.name)\" is not UTF-8")
            }
            try set(part.name, toText: text)
        }
    }
}

/// The values that options take, each with the sentence for one it cannot have.
enum Option {
    static func features(_ value: JSONValue) throws(FeatureAPIError) -> [FeatureKind] {
        let words: [String?]
        if case .array(let elements) = value {
            words = elements.map(\.text)
        } else {
            words = value.text?.split(separator: ",", omittingEmptySubsequences: false).map(String.init) ?? [nil]
        }
        var kinds = [FeatureKind]()
        for word in words {
            let kind = try choice(word, "features", of: FeatureKind.features)
            guard !kinds.contains(kind) else {
                throw FeatureAPIError(.invalidOption, "The option \"features\" names \"\(kind.rawValue)\" twice.")
            }
            kinds.append(kind)
        }
        guard !kinds.isEmpty else { throw FeatureAPIError(.invalidOption, "The option \"features\" names nothing.") }
        return kinds
    }

    static func choice<Choice: RawRepresentable & CaseIterable>(
        _ text: String?, _ name: String
    ) throws(FeatureAPIError) -> Choice where Choice.RawValue == String {
        try choice(text, name, of: Array(Choice.allCases))
    }

    static func choice<Choice: RawRepresentable>(
        _ text: String?, _ name: String, of choices: [Choice]
    ) throws(FeatureAPIError) -> Choice where Choice.RawValue == String {
        guard let choice = choices.first(where: { $0.rawValue == text }) else {
            let choices = choices.map(\.rawValue).joined(separator: ", ")
            throw FeatureAPIError(.invalidOption, "The option \"\(name)\" takes \(choices).")
        }
        return choice
    }

    static func positive(_ value: JSONValue, _ name: String) throws(FeatureAPIError) -> Int {
        guard let number = value.integer, number > 0 else {
            throw FeatureAPIError(.invalidOption, "The option \"\(name)\" takes a whole number from 1.")
        }
        return number
    }

    /// A whole number of `range`.
    static func integer(
        _ value: JSONValue, _ name: String, in range: ClosedRange<Int>
    ) throws(FeatureAPIError) -> Int {
        guard let number = value.integer, range.contains(number) else {
            throw FeatureAPIError(
                .invalidOption,
                "The option \"\(name)\" takes a whole number from \(range.lowerBound) to \(range.upperBound).")
        }
        return number
    }

    static func text(_ value: JSONValue, _ name: String) throws(FeatureAPIError) -> String {
        guard let text = value.text else {
            throw FeatureAPIError(.invalidOption, "The option \"\(name)\" takes a string, not \(value.kind).")
        }
        return text
    }
}
