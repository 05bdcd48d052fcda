/// A strict scanner for the JSON that safetensors headers are made of: objects, strings, arrays of natural numbers.
///
/// It follows the header's fixed grammar and therefore cannot nest. It accepts exactly RFC 8259 strings and natural
/// numbers: no sign, fraction, exponent or leading zero, nothing past `Int.max`.
struct HeaderScanner {
    private var reader: ByteReader

    /// What is wrong with the text, and at which byte of the header.
    struct Fault: Error {
        let reason: String
    }

    init(_ bytes: [UInt8]) {
        reader = ByteReader(bytes)
    }

    private func fault(_ reason: String) -> Fault {
        Fault(reason: "\(reason) at byte \(reader.offset) of the header")
    }

    private func peek() -> UInt8? {
        reader.offset < reader.bytes.count ? reader.bytes[reader.offset] : nil
    }

    private mutating func skipBlanks() {
        while let byte = peek(), byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { _ = reader.byte() }
    }

    /// Whether the next token is `token`, which is then consumed.
    private mutating func consume(_ token: Unicode.Scalar) -> Bool {
        skipBlanks()
        guard peek() == UInt8(ascii: token) else { return false }
        _ = reader.byte()
        return true
    }

    private mutating func expect(_ token: Unicode.Scalar) throws(Fault) {
        guard consume(token) else { throw fault("expected '\(token)'") }
    }

    /// Scans an object, handing each name to `member`, which scans the value. Names may not repeat.
    mutating func object(
        _ member: (inout HeaderScanner, String) throws(Fault) -> Void
    ) throws(Fault) {
        try expect("{")
        guard !consume("}") else { return }
        var names = Set<String>()
        repeat {
            let name = try string()
            guard names.insert(name).inserted else { throw fault("duplicate name \(quoted(name))") }
            try expect(":")
            try member(&self, name)
        } while consume(",")
        try expect("}")
    }

    /// Scans an array of at most `limit` natural numbers.
    mutating func naturals(limit: Int) throws(Fault) -> [Int] {
        try expect("[")
        var values: [Int] = []
        guard !consume("]") else { return values }
        repeat {
            guard values.count < limit else { throw fault("more than \(limit) numbers") }
            values.append(try natural())
        } while consume(",")
        try expect("]")
        return values
    }

    private mutating func natural() throws(Fault) -> Int {
        skipBlanks()
        let start = reader.offset
        var value = 0
        while let byte = peek(), byte >= 0x30, byte <= 0x39 {
            _ = reader.byte()
            let (scaled, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, carry) = scaled.addingReportingOverflow(Int(byte - 0x30))
            guard !overflow, !carry else { throw fault("number too large") }
            value = sum
        }
        let digits = reader.offset - start
        guard digits > 0, digits == 1 || reader.bytes[start] != 0x30 else { throw fault("expected a natural number") }
        return value
    }

    /// Requires that only blanks follow.
    mutating func end() throws(Fault) {
        skipBlanks()
        guard reader.remaining == 0 else { throw fault("unexpected text") }
    }
}

extension HeaderScanner {
    /// Scans a string and resolves its escapes.
    mutating func string() throws(Fault) -> String {
        try expect("\"")
        var bytes: [UInt8] = []
        while let byte = reader.byte() {
            switch byte {
            case UInt8(ascii: "\""):
                guard let text = String(validating: bytes, as: UTF8.self) else { throw fault("invalid UTF-8") }
                return text
            case UInt8(ascii: "\\"):
                bytes.append(contentsOf: Array(String(try escape()).utf8))
            case 0..<0x20:
                throw fault("control character in a string")
            default:
                bytes.append(byte)
            }
        }
        throw fault("unterminated string")
    }

    private mutating func escape() throws(Fault) -> Unicode.Scalar {
        switch reader.byte() {
        case UInt8(ascii: "\""): return "\""
        case UInt8(ascii: "\\"): return "\\"
        case UInt8(ascii: "/"): return "/"
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): return try unicodeEscape()
        default: throw fault("unknown escape")
        }
    }

    private mutating func unicodeEscape() throws(Fault) -> Unicode.Scalar {
        let unit = try hexadecimal()
        if let scalar = Unicode.Scalar(unit) { return scalar }
        guard unit < 0xDC00, reader.byte() == UInt8(ascii: "\\"), reader.byte() == UInt8(ascii: "u") else {
            throw fault("lone surrogate")
        }
        let low = try hexadecimal()
        guard (0xDC00..<0xE000).contains(low),
            let scalar = Unicode.Scalar(0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00))
        else { throw fault("lone surrogate") }
        return scalar
    }

    private mutating func hexadecimal() throws(Fault) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            switch reader.byte() {
            case .some(let byte) where (0x30...0x39).contains(byte): value = value << 4 | UInt32(byte - 0x30)
            case .some(let byte) where (0x41...0x46).contains(byte): value = value << 4 | UInt32(byte - 0x41 + 10)
            case .some(let byte) where (0x61...0x66).contains(byte): value = value << 4 | UInt32(byte - 0x61 + 10)
            default: throw fault("expected four hexadecimal digits")
            }
        }
        return value
    }
}
