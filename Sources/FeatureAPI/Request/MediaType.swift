import HTTPServer

/// A media type as `Content-Type` states it (RFC 9110 section 8.3.1).
package struct MediaType: Sendable, Equatable, CustomStringConvertible {
    /// `type/subtype` in lower case.
    package let essence: String
    /// Parameters by lower-case name; a name occurs once.
    package let parameters: [String: String]

    package var description: String { essence }
    var isImage: Bool { essence.hasPrefix("image/") }

    /// The media type that `text` states, or nothing where it breaks the grammar or repeats a parameter.
    package init?(_ text: String) {
        guard let field = ParameterizedField(Array(text.utf8)) else { return nil }
        let parts = field.value.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ ParameterizedField.isToken($0.utf8) }) else { return nil }
        essence = field.value.lowercased()
        parameters = field.parameters
    }
}

/// `value; name=token; name="quoted string"`: the common form of `Content-Type` and `Content-Disposition`.
package struct ParameterizedField: Equatable {
    package let value: String
    /// By lower-case name; a name occurs once.
    package let parameters: [String: String]

    /// The field in `bytes`, or nothing where it breaks the grammar, repeats a parameter or is not UTF-8.
    package init?(_ bytes: [UInt8]) {
        var scanner = FieldScanner(bytes)
        scanner.skipSpace()
        guard let value = scanner.take(while: { $0 != UInt8(ascii: ";") && $0 > 0x20 && $0 < 0x7F }) else { return nil }
        var parameters = [String: String]()
        scanner.skipSpace()
        while scanner.skip(UInt8(ascii: ";")) {
            scanner.skipSpace()
            if scanner.isAtEnd { break }
            guard let name = scanner.take(while: ByteClass.token.contains)?.lowercased(),
                scanner.skip(UInt8(ascii: "=")),
                let text = scanner.tokenOrQuotedString(), parameters.updateValue(text, forKey: name) == nil
            else { return nil }
            scanner.skipSpace()
        }
        guard scanner.isAtEnd else { return nil }
        self.value = value
        self.parameters = parameters
    }

    /// Whether `bytes` are a token (RFC 9110 section 5.6.2).
    static func isToken(_ bytes: some Collection<UInt8>) -> Bool {
        !bytes.isEmpty && ByteClass.token.containsAll(bytes)
    }
}

/// A cursor over the bytes of a field's value.
private struct FieldScanner {
    let bytes: [UInt8]
    var position = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    var isAtEnd: Bool { position == bytes.count }

    mutating func skipSpace() {
        while !isAtEnd, bytes[position] == 0x20 || bytes[position] == 0x09 { position += 1 }
    }

    mutating func skip(_ byte: UInt8) -> Bool {
        guard !isAtEnd, bytes[position] == byte else { return false }
        position += 1
        return true
    }

    /// The longest text of bytes that `belongs` takes, or nothing where it is empty.
    mutating func take(while belongs: (UInt8) -> Bool) -> String? {
        let start = position
        while !isAtEnd, belongs(bytes[position]) { position += 1 }
        return position > start ? String(validating: bytes[start..<position], as: UTF8.self) : nil
    }

    mutating func tokenOrQuotedString() -> String? {
        guard skip(UInt8(ascii: "\"")) else { return take(while: ByteClass.token.contains) }
        var text = [UInt8]()
        while !isAtEnd {
            let byte = bytes[position]
            position += 1
            switch byte {
            case UInt8(ascii: "\""): return String(validating: text, as: UTF8.self)
            case UInt8(ascii: "\\"):
                guard !isAtEnd, bytes[position] >= 0x20 else { return nil }
                text.append(bytes[position])
                position += 1
            case 0x09, 0x20..<0x7F, 0x80...: text.append(byte)
            default: return nil
            }
        }
        return nil
    }
}
