import HTTPServer

/// A strict parser of JSON (RFC 8259) for bodies from strangers.
///
/// Foundation is not used here because `JSONSerialization` keeps the last of two members of one name and `JSONDecoder`
/// the first, silently, and both copy every string. Cost is one pass; depth and the number of values are limited, so a
/// body of brackets cannot become gigabytes of values.
package struct JSONParser {
    /// Arrays and objects inside each other.
    package static let maximumDepth = 32
    /// Values of a document, however nested.
    package static let maximumValues = 10_000
    /// Bytes of a member's name, which errors repeat.
    package static let maximumNameBytes = 256

    let bytes: [UInt8]
    var position = 0
    private let what: String
    private let maximumValues: Int
    private var depth = 0
    private var values = 0

    /// The one value that `bytes` are the text of.
    ///
    /// - Parameters:
    ///   - what: the text's name in errors.
    ///   - maximumValues: values of the document; a value takes some fifty bytes.
    package static func parse(
        _ bytes: [UInt8], what: String = "The body", maximumValues: Int = maximumValues
    ) throws(FeatureAPIError) -> JSONValue {
        var parser = JSONParser(bytes: bytes, what: what, maximumValues: maximumValues)
        let value = try parser.value()
        parser.skipSpace()
        guard parser.position == bytes.count else { throw parser.fault("something follows the value") }
        return value
    }

    func fault(_ what: String) -> FeatureAPIError {
        FeatureAPIError(.malformedBody, "\(self.what) is not JSON: \(what), at byte \(position).")
    }

    /// The members of the one object that `bytes` are the text of.
    package static func object(
        _ bytes: [UInt8], maximumValues: Int = maximumValues
    ) throws(FeatureAPIError) -> [(name: String, value: JSONValue)] {
        guard case .object(let members) = try parse(bytes, maximumValues: maximumValues) else {
            throw FeatureAPIError(.malformedBody, "The body has to be a JSON object.")
        }
        return members
    }

    private init(bytes: [UInt8], what: String, maximumValues: Int) {
        (self.bytes, self.what, self.maximumValues) = (bytes, what, maximumValues)
    }

    var next: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func skipSpace() {
        while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
    }

    /// Steps over `byte` after white space where it comes next.
    private mutating func skip(_ byte: Character) -> Bool {
        skipSpace()
        guard next == byte.asciiValue else { return false }
        position += 1
        return true
    }

    private mutating func value() throws(FeatureAPIError) -> JSONValue {
        skipSpace()
        values += 1
        guard values <= maximumValues else { throw fault("more than \(maximumValues) values") }
        switch next {
        case UInt8(ascii: "{"): return try nested { (parser) throws(FeatureAPIError) in try parser.object() }
        case UInt8(ascii: "["): return try nested { (parser) throws(FeatureAPIError) in try parser.array() }
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try literal("true", .bool(true))
        case UInt8(ascii: "f"): return try literal("false", .bool(false))
        case UInt8(ascii: "n"): return try literal("null", .null)
        case .some(let byte) where byte == UInt8(ascii: "-") || byte.isDigit: return .number(try number())
        case .some: throw fault("no value starts like this")
        case nil: throw fault("it ends where a value should be")
        }
    }

    private mutating func nested(
        _ body: (inout JSONParser) throws(FeatureAPIError) -> JSONValue
    ) throws(FeatureAPIError) -> JSONValue {
        position += 1
        depth += 1
        guard depth <= Self.maximumDepth else { throw fault("nested deeper than \(Self.maximumDepth)") }
        let value = try body(&self)
        depth -= 1
        return value
    }

    private mutating func array() throws(FeatureAPIError) -> JSONValue {
        if skip("]") { return .array([]) }
        var elements = [JSONValue]()
        repeat { elements.append(try value()) } while skip(",")
        guard skip("]") else { throw fault("an array goes on with a comma or ends with a bracket") }
        return .array(elements)
    }

    private mutating func object() throws(FeatureAPIError) -> JSONValue {
        if skip("}") { return .object([]) }
        var members = [(name: String, value: JSONValue)]()
        var names = Set<[UInt8]>()
        repeat {
            skipSpace()
            guard next == UInt8(ascii: "\"") else { throw fault("a member starts with its name") }
            let name = try string()
            guard name.count <= Self.maximumNameBytes else {
                throw fault("a member's name has more than \(Self.maximumNameBytes) bytes")
            }
            guard names.insert(Array(name)).inserted else {
                throw fault("the member \"\(String(decoding: name, as: UTF8.self))\" is there twice")
            }
            guard skip(":") else { throw fault("a colon follows a member's name") }
            members.append((String(decoding: name, as: UTF8.self), try value()))
        } while skip(",")
        guard skip("}") else { throw fault("an object goes on with a comma or ends with a brace") }
        return .object(members)
    }

    private mutating func literal(_ word: StaticString, _ value: JSONValue) throws(FeatureAPIError) -> JSONValue {
        let end = position + word.utf8CodeUnitCount
        guard end <= bytes.count, bytes[position..<end].elementsEqual(word.description.utf8) else {
            throw fault("no value starts like this")
        }
        position = end
        return value
    }
}
