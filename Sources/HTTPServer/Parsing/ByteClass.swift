/// Sets of bytes as 256-entry tables, built once.
///
/// Bytes are compared as bytes: `String` would trim, fold and normalise more than HTTP allows.
package struct ByteClass: Sendable {
    private let members: [Bool]

    init(_ isMember: (UInt8) -> Bool) {
        members = (0...255).map { isMember(UInt8($0)) }
    }

    /// Whether `byte` is of the class.
    package func contains(_ byte: UInt8) -> Bool { members[Int(byte)] }

    /// Whether all of `bytes` are.
    package func containsAll(_ bytes: some Sequence<UInt8>) -> Bool {
        bytes.allSatisfy(contains)
    }

    /// `tchar` of RFC 9110 §5.6.2: field names, methods, codings.
    package static let token = ByteClass { $0.isAlphanumeric || "!#$%&'*+-.^_`|~".utf8.contains($0) }

    /// The bytes a request target may have: visible US-ASCII less what RFC 3986 never allows unencoded.
    static let target = ByteClass { (0x21...0x7e).contains($0) && !"#\\<>\"{}|^`".utf8.contains($0) }

    /// `uri-host` and port of RFC 3986, without the comma, which would make a list of two hosts.
    static let host = ByteClass { $0.isAlphanumeric || "-._~!$&'()*+;=%".utf8.contains($0) }

    /// A request id that is safe to echo and to log.
    static let requestID = ByteClass { $0.isAlphanumeric || "-._~+/=:".utf8.contains($0) }
}

extension UInt8 {
    static let carriageReturn = UInt8(ascii: "\r")
    static let lineFeed = UInt8(ascii: "\n")
    static let space = UInt8(ascii: " ")
    static let tab = UInt8(ascii: "\t")

    /// `0` to `9`.
    package var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }

    var isAlphanumeric: Bool {
        isDigit || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self)
            || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(self)
    }

    /// A control that no line of a message may hold; HTAB is the one that may.
    var isForbiddenControl: Bool { (self < 0x20 && self != .tab) || self == 0x7f }

    /// The value of a hexadecimal digit.
    package var hexadecimal: UInt8? {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): self - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): self - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): self - UInt8(ascii: "A") + 10
        default: nil
        }
    }

    /// US-ASCII lower case; every other byte is itself.
    var lowercased: UInt8 {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(self) ? self + 0x20 : self
    }
}

extension Collection<UInt8> {
    /// Equality that ignores the case of US-ASCII letters alone.
    func equalsIgnoringCase(_ other: some Collection<UInt8>) -> Bool {
        count == other.count && zip(self, other).allSatisfy { $0.lowercased == $1.lowercased }
    }
}

extension Collection<UInt8> where SubSequence == ArraySlice<UInt8> {
    /// The bytes without SP and HTAB at both ends; nothing else counts as white space.
    func trimmingOptionalWhitespace() -> ArraySlice<UInt8> {
        var rest = self[...]
        while let first = rest.first, first == .space || first == .tab { rest.removeFirst() }
        while let last = rest.last, last == .space || last == .tab { rest.removeLast() }
        return rest
    }

    /// The elements of a comma-separated list, trimmed; empty ones are kept for the caller to refuse.
    func commaSeparated() -> [ArraySlice<UInt8>] {
        self[...].split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
            .map { $0.trimmingOptionalWhitespace() }
    }
}
