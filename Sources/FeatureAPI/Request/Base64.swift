/// Base64 in its one canonical form (RFC 4648 section 4): standard alphabet, padded, no white space, unused bits zero.
///
/// Strict, so that a text has one meaning and a URL-safe or line-broken one is told apart from a damaged one.
package enum Base64 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    private static let invalid: UInt8 = 0xFF
    private static let values: [UInt8] = {
        var values = [UInt8](repeating: invalid, count: 256)
        for (value, letter) in alphabet.enumerated() { values[Int(letter)] = UInt8(value) }
        return values
    }()

    /// Why a text is not base64.
    package enum Fault: Error, Equatable {
        /// The length is no multiple of four.
        case length
        /// A byte outside the alphabet, at an offset.
        case letter(offset: Int)
        /// Bits after the last byte that are not zero.
        case unusedBits
    }

    /// The little-endian float32 that `text` stands for, nothing where it is not base64 of whole ones.
    package static func floats(_ text: ArraySlice<UInt8>) -> [Float]? {
        guard let bytes = try? decode(text), bytes.count.isMultiple(of: 4) else { return nil }
        return stride(from: 0, to: bytes.count, by: 4).map { start in
            Float(bitPattern: bytes[start..<start + 4].reversed().reduce(0) { $0 << 8 | UInt32($1) })
        }
    }

    /// The bytes `text` stands for. One pass, one allocation of three quarters of the text.
    package static func decode(_ text: ArraySlice<UInt8>) throws(Fault) -> [UInt8] {
        guard text.count.isMultiple(of: 4) else { throw .length }
        var padding = 0
        while padding < 2, text.dropLast(padding).last == UInt8(ascii: "=") { padding += 1 }
        let letters = text.dropLast(padding)
        var isWhole = true
        var bytes = [UInt8](unsafeUninitializedCapacity: text.count / 4 * 3) { output, count in
            letters.withUnsafeBufferPointer { letters in
                values.withUnsafeBufferPointer { isWhole = decode(letters, by: $0, into: output, count: &count) }
            }
        }
        guard isWhole else {
            throw .letter(offset: letters.enumerated().first { values[Int($0.element)] == invalid }?.offset ?? 0)
        }
        guard padding > 0 else { return bytes }
        let bits = letters.suffix(4 - padding).reduce(0) { $0 << 6 | UInt32(values[Int($1)]) }
        guard bits & (1 << (padding * 2) - 1) == 0 else { throw .unusedBits }
        if padding == 1 { bytes.append(UInt8(truncatingIfNeeded: bits >> 10)) }
        bytes.append(UInt8(truncatingIfNeeded: bits >> (padding == 1 ? 2 : 4)))
        return bytes
    }

    /// Decodes the whole groups of four letters; false where any letter is not of the alphabet.
    private static func decode(
        _ letters: UnsafeBufferPointer<UInt8>, by values: UnsafeBufferPointer<UInt8>,
        into output: UnsafeMutableBufferPointer<UInt8>, count: inout Int
    ) -> Bool {
        // Every value has its two high bits clear but that of a letter outside the alphabet.
        var seen: UInt8 = 0
        var position = 0
        while position + 4 <= letters.count {
            let (a, b) = (values[Int(letters[position])], values[Int(letters[position + 1])])
            let (c, d) = (values[Int(letters[position + 2])], values[Int(letters[position + 3])])
            seen |= a | b | c | d
            output[count] = a << 2 | b >> 4
            output[count + 1] = b << 4 | c >> 2
            output[count + 2] = c << 6 | d
            position += 4
            count += 3
        }
        for letter in letters[position...] { seen |= values[Int(letter)] }
        return seen < 64
    }

    /// Appends the base64 of `bytes` to `output`.
    package static func encode(_ bytes: UnsafeRawBufferPointer, to output: inout [UInt8]) {
        output.reserveCapacity(output.count + (bytes.count + 2) / 3 * 4)
        var index = 0
        while index < bytes.count {
            let left = bytes.count - index
            let first = UInt32(bytes[index]) << 16
            let bits =
                first | (left > 1 ? UInt32(bytes[index + 1]) << 8 : 0) | (left > 2 ? UInt32(bytes[index + 2]) : 0)
            output.append(alphabet[Int(bits >> 18)])
            output.append(alphabet[Int(bits >> 12 & 63)])
            output.append(left > 1 ? alphabet[Int(bits >> 6 & 63)] : UInt8(ascii: "="))
            output.append(left > 2 ? alphabet[Int(bits & 63)] : UInt8(ascii: "="))
            index += 3
        }
    }
}
