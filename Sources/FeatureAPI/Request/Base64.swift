/// Base64 in its one canonical form (RFC 4648 section 4): standard alphabet, padded, no white space, unused bits zero.
///
/// Strict, so that a text has one meaning and a URL-safe or line-broken one is told apart from a damaged one.
package enum Base64 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    private static let values: [UInt8] = {
        var values = [UInt8](repeating: 0xFF, count: 256)
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

    /// The bytes `text` stands for. One pass, one allocation of three quarters of the text.
    package static func decode(_ text: ArraySlice<UInt8>) throws(Fault) -> [UInt8] {
        guard text.count.isMultiple(of: 4) else { throw .length }
        var padding = 0
        while padding < 2, text.dropLast(padding).last == UInt8(ascii: "=") { padding += 1 }
        let letters = text.dropLast(padding)
        var bytes = [UInt8]()
        bytes.reserveCapacity(text.count / 4 * 3)
        var bits: UInt32 = 0
        var count = 0
        for (offset, letter) in letters.enumerated() {
            let value = values[Int(letter)]
            guard value != 0xFF else { throw .letter(offset: offset) }
            bits = bits << 6 | UInt32(value)
            count += 1
            guard count == 4 else { continue }
            bytes.append(UInt8(truncatingIfNeeded: bits >> 16))
            bytes.append(UInt8(truncatingIfNeeded: bits >> 8))
            bytes.append(UInt8(truncatingIfNeeded: bits))
            (bits, count) = (0, 0)
        }
        guard bits & (1 << (padding * 2) - 1) == 0 else { throw .unusedBits }
        switch padding {
        case 1: bytes += [UInt8(truncatingIfNeeded: bits >> 10), UInt8(truncatingIfNeeded: bits >> 2)]
        case 2: bytes.append(UInt8(truncatingIfNeeded: bits >> 4))
        default: break
        }
        return bytes
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
