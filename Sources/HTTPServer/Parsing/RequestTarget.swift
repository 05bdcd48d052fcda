internal import HTTPTypes

/// A request target in origin-form, absolute-form or asterisk-form (RFC 9112 §3.2).
struct RequestTarget: Sendable {
    /// The path and query, starting with a slash, or `*`.
    private let origin: ArraySlice<UInt8>
    /// The authority of absolute-form.
    let authority: ArraySlice<UInt8>?

    init(_ bytes: ArraySlice<UInt8>, method: HTTPRequest.Method) throws(Rejection) {
        guard !bytes.isEmpty, ByteClass.target.containsAll(bytes) else {
            throw .malformed("the target is empty or holds characters that must be percent-encoded")
        }
        if method == .connect { throw .methodNotImplemented }
        let scheme = bytes.prefix(7)
        if bytes.first == UInt8(ascii: "/") || (bytes.elementsEqual("*".utf8) && method == .options) {
            origin = bytes
            authority = nil
        } else if scheme.equalsIgnoringCase("http://".utf8) {
            let rest = bytes.dropFirst(7)
            let end = rest.firstIndex { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") } ?? rest.endIndex
            authority = rest[..<end]
            origin = rest[end...]
        } else {
            throw .malformed("the target is neither a path nor an http URI")
        }
    }

    /// The path as sent, its decoded segments and the decoded query.
    func decoded() throws(Rejection) -> (path: String, segments: [String], query: [QueryItem]) {
        let mark = origin.firstIndex(of: UInt8(ascii: "?"))
        let path = origin[..<(mark ?? origin.endIndex)]
        var segments: [String] = []
        for segment in path.dropFirst().split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false) {
            segments.append(try segment.percentDecoded(plusIsSpace: false))
        }
        let text = path.isEmpty ? "/" : String(decoding: path, as: UTF8.self)
        guard let mark else { return (text, segments.isEmpty ? [""] : segments, []) }
        return (text, segments.isEmpty ? [""] : segments, try Self.query(origin[(mark + 1)...]))
    }

    private static func query(_ bytes: ArraySlice<UInt8>) throws(Rejection) -> [QueryItem] {
        var items: [QueryItem] = []
        for pair in bytes.split(separator: UInt8(ascii: "&")) {
            let end = pair.firstIndex(of: UInt8(ascii: "=")) ?? pair.endIndex
            items.append(
                QueryItem(
                    try pair[..<end].percentDecoded(plusIsSpace: true),
                    try pair[end...].dropFirst().percentDecoded(plusIsSpace: true)))
        }
        return items
    }
}

extension ArraySlice<UInt8> {
    /// The text these bytes encode (RFC 3986 §2.1), decoded once; refuses control characters and what is not UTF-8.
    func percentDecoded(plusIsSpace: Bool) throws(Rejection) -> String {
        var decoded: [UInt8] = []
        decoded.reserveCapacity(count)
        var rest = self
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "%"):
                guard let high = rest.popFirst()?.hexadecimal, let low = rest.popFirst()?.hexadecimal else {
                    throw .malformed("a percent sign without two hexadecimal digits")
                }
                let value = high << 4 | low
                guard value >= 0x20, value != 0x7f else { throw .malformed("a control character in the target") }
                decoded.append(value)
            case UInt8(ascii: "+") where plusIsSpace: decoded.append(.space)
            default: decoded.append(byte)
            }
        }
        guard let text = String(validating: decoded, as: UTF8.self) else { throw .malformed("the target is not UTF-8") }
        return text
    }
}
