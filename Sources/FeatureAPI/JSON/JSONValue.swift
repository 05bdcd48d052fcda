/// A JSON document (RFC 8259) that kept what Foundation's decoders lose: repeated names are refused, strings stay
/// slices of the body.
///
/// A request's images are megabytes of base64 in such strings; without escapes in them nothing is copied.
package enum JSONValue: Sendable, Equatable {
    case null
    case bool(Bool)
    case number(Double)
    /// UTF-8, validated, escapes resolved.
    case string(ArraySlice<UInt8>)
    case array([JSONValue])
    /// Members in the order of the text; names are unique.
    case object([(name: String, value: JSONValue)])

    package static func == (left: JSONValue, right: JSONValue) -> Bool {
        switch (left, right) {
        case (.null, .null): true
        case (.bool(let a), .bool(let b)): a == b
        case (.number(let a), .number(let b)): a == b
        case (.string(let a), .string(let b)): a == b
        case (.array(let a), .array(let b)): a == b
        case (.object(let a), .object(let b)): a.elementsEqual(b) { $0.name == $1.name && $0.value == $1.value }
        default: false
        }
    }

    /// The text of a string, nothing for other values.
    package var text: String? {
        guard case .string(let bytes) = self else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// 2^53, up to which doubles tell every whole number from its neighbours.
    static let largestInteger = 9_007_199_254_740_992.0

    /// A number without a fraction, nothing for other values and beyond 2^53.
    package var integer: Int? {
        guard case .number(let number) = self, abs(number) <= Self.largestInteger else { return nil }
        return Int(exactly: number)
    }

    /// The elements of an array of numbers, nothing for other values.
    var numbers: [Double]? {
        guard case .array(let elements) = self else { return nil }
        var numbers = [Double]()
        for element in elements {
            guard case .number(let number) = element else { return nil }
            numbers.append(number)
        }
        return numbers
    }

    /// What kind of value this is, for error messages.
    var kind: String {
        switch self {
        case .null: "null"
        case .bool: "a boolean"
        case .number: "a number"
        case .string: "a string"
        case .array: "an array"
        case .object: "an object"
        }
    }
}
