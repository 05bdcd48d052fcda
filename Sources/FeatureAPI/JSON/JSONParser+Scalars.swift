import HTTPServer

extension JSONParser {
    /// A number of RFC 8259 section 6 that is finite as a double.
    ///
    /// What lies a little beyond ±2^53 would round to it, and pass for a number that every client reads the same:
    /// whatever does and is not written as 2^53 becomes the next double away from zero.
    mutating func number() throws(FeatureAPIError) -> Double {
        let start = position
        if next == UInt8(ascii: "-") { position += 1 }
        if next == UInt8(ascii: "0") { position += 1 } else { try digits() }
        if next == UInt8(ascii: ".") {
            position += 1
            try digits()
        }
        if next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
            position += 1
            if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { position += 1 }
            try digits()
        }
        guard position - start <= 64, let value = Double(String(decoding: bytes[start..<position], as: UTF8.self)),
            value.isFinite
        else { throw fault("a number is too long or too large") }
        let digits = bytes[start..<position].drop { $0 == UInt8(ascii: "-") }
        guard value.magnitude == JSONValue.largestInteger, !digits.elementsEqual("9007199254740992".utf8) else {
            return value
        }
        return value < 0 ? value.nextDown : value.nextUp
    }

    private mutating func digits() throws(FeatureAPIError) {
        let start = position
        while let byte = next, byte.isDigit { position += 1 }
        guard position > start else { throw fault("a digit is missing in a number") }
    }

    /// A string of RFC 8259 section 7: a slice of the body, or a copy where it has escapes.
    mutating func string() throws(FeatureAPIError) -> ArraySlice<UInt8> {
        position += 1
        let raw = try rawString()
        let text = raw.hasEscapes ? try unescaped(raw.range) : bytes[raw.range]
        guard raw.isASCII || String(validating: text, as: UTF8.self) != nil else {
            throw fault("a string is not UTF-8")
        }
        position = raw.range.upperBound + 1
        return text
    }

    /// Where the string from here on lies, without its closing quote.
    private mutating func rawString() throws(FeatureAPIError) -> (range: Range<Int>, hasEscapes: Bool, isASCII: Bool) {
        let start = position
        var (hasEscapes, isASCII) = (false, true)
        while position < bytes.count {
            let byte = bytes[position]
            if byte == UInt8(ascii: "\"") { return (start..<position, hasEscapes, isASCII) }
            guard byte >= 0x20 else { throw fault("a control character stands in a string") }
            let isEscape = byte == UInt8(ascii: "\\")
            hasEscapes = hasEscapes || isEscape
            isASCII = isASCII && byte < 0x80
            position += isEscape ? 2 : 1
        }
        position = bytes.count
        throw fault("a string does not end")
    }

    /// The bytes of `range` with escapes resolved, in one allocation: no escape is shorter than what it stands for.
    private mutating func unescaped(_ range: Range<Int>) throws(FeatureAPIError) -> ArraySlice<UInt8> {
        var text = [UInt8]()
        text.reserveCapacity(range.count)
        position = range.lowerBound
        while position < range.upperBound {
            let byte = bytes[position]
            position += 1
            if byte == UInt8(ascii: "\\") { try escape(into: &text) } else { text.append(byte) }
        }
        return text[...]
    }

    /// Appends the UTF-8 of one escape; halves of a surrogate pair have to come together.
    private mutating func escape(into text: inout [UInt8]) throws(FeatureAPIError) {
        guard let letter = next else { throw fault("a string does not end") }
        position += 1
        switch letter {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(letter)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0C)
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "u"): text.append(contentsOf: try unicodeEscape())
        default: throw fault("an unknown escape stands in a string")
        }
    }

    private mutating func unicodeEscape() throws(FeatureAPIError) -> Unicode.UTF8.EncodedScalar {
        var code = try hexadecimalDigits()
        if (0xD800..<0xDC00).contains(code) {
            guard position + 1 < bytes.count, bytes[position] == UInt8(ascii: "\\"),
                bytes[position + 1] == UInt8(ascii: "u")
            else { throw fault("half a surrogate pair stands in a string") }
            position += 2
            let low = try hexadecimalDigits()
            guard (0xDC00..<0xE000).contains(low) else { throw fault("half a surrogate pair stands in a string") }
            code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
        }
        guard let scalar = Unicode.Scalar(code) else { throw fault("half a surrogate pair stands in a string") }
        return UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter
    }

    private mutating func hexadecimalDigits() throws(FeatureAPIError) -> UInt32 {
        guard position + 4 <= bytes.count else { throw fault("an escape is cut short") }
        var code: UInt32 = 0
        for byte in bytes[position..<position + 4] {
            guard let digit = byte.hexadecimal else {
                throw fault("an escape has a letter that is no hexadecimal digit")
            }
            code = code << 4 | UInt32(digit)
        }
        position += 4
        return code
    }
}
