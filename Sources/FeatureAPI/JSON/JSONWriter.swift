import Tensors

/// JSON text as it grows: bytes are appended directly, no tree is built for millions of numbers.
package struct JSONWriter {
    /// The text so far.
    package private(set) var bytes = [UInt8]()
    private var needsComma = false

    /// An empty text.
    package init() {}

    /// Makes room for `count` more bytes at once.
    mutating func reserve(_ count: Int) { bytes.reserveCapacity(bytes.count + count) }

    /// An object whose members `body` writes.
    package mutating func object(_ body: (inout JSONWriter) -> Void) { nested("{", body, "}") }

    /// An array whose elements `body` writes.
    package mutating func array(_ body: (inout JSONWriter) -> Void) { nested("[", body, "]") }

    /// A member's name; its value comes next.
    package mutating func key(_ name: String) {
        string(name)
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }

    /// A member that is a string.
    package mutating func member(_ name: String, _ text: String) {
        key(name)
        string(text)
    }

    package mutating func string(_ text: String) {
        separate()
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 { escape(byte) }
        bytes.append(UInt8(ascii: "\""))
    }

    package mutating func integer(_ value: Int) {
        separate()
        bytes.append(contentsOf: value.description.utf8)
    }

    /// The shortest text that reads back as `value`, which is finite.
    package mutating func number(_ value: Float) {
        separate()
        bytes.append(contentsOf: value.description.utf8)
    }

    /// `value`, finite and not negative, with three decimals at most.
    package mutating func number(_ value: Double) {
        separate()
        bytes.append(contentsOf: ((value * 1000).rounded() / 1000).description.utf8)
    }

    /// A value that is JSON text already.
    package mutating func text(_ json: [UInt8]) {
        separate()
        bytes.append(contentsOf: json)
    }

    package mutating func null() {
        separate()
        bytes.append(contentsOf: "null".utf8)
    }

    /// An array of numbers.
    mutating func numbers(_ values: some Sequence<Float>) {
        array { for value in values { $0.number(value) } }
    }

    /// A string of base64 of little-endian float32.
    package mutating func base64(_ values: [Float]) {
        separate()
        bytes.append(UInt8(ascii: "\""))
        values.withUnsafeBytes { Base64.encode($0, to: &bytes) }
        bytes.append(UInt8(ascii: "\""))
    }

    /// A line feed after which a new text starts.
    package mutating func newline() {
        bytes.append(0x0A)
        needsComma = false
    }

    private mutating func separate() {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
        needsComma = true
    }

    private mutating func nested(_ open: Character, _ body: (inout JSONWriter) -> Void, _ close: Character) {
        separate()
        bytes.append(contentsOf: open.utf8)
        needsComma = false
        body(&self)
        bytes.append(contentsOf: close.utf8)
        needsComma = true
    }

    private mutating func escape(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), byte]
        case 0..<0x20: bytes.append(contentsOf: "\\u00\(byte < 16 ? "0" : "")\(String(byte, radix: 16))".utf8)
        default: bytes.append(byte)
        }
    }
}
