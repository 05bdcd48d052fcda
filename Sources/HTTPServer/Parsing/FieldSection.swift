internal import HTTPTypes

/// The header fields of one request, with the ones that decide framing, routing and persistence read as bytes.
struct FieldSection: Sendable {
    private(set) var headerFields = HTTPFields()
    private var count = 0
    private var host: ArraySlice<UInt8>?
    private var contentLength: ArraySlice<UInt8>?
    private var transferEncoding: ArraySlice<UInt8>?
    private var expectation: ArraySlice<UInt8>?
    private var connectionOptions: [ArraySlice<UInt8>] = []
    private var singletons: Set<String> = []

    /// Fields that a second line would make ambiguous.
    private static let once: Set = [
        "host", "content-length", "transfer-encoding", "expect", "content-type", "authorization", "idempotency-key",
    ]

    mutating func add(line: [UInt8], limits: HTTPServer.Limits) throws(Rejection) {
        count += 1
        guard count <= limits.fieldCount else { throw .fieldsTooLarge("at most \(limits.fieldCount) fields") }
        let (name, value) = try Self.split(line, limits: limits)
        guard let fieldName = HTTPField.Name(String(decoding: name, as: UTF8.self)) else {
            throw .malformed("a field name is not a token")
        }
        if Self.once.contains(fieldName.canonicalName) {
            guard singletons.insert(fieldName.canonicalName).inserted else {
                throw .malformed("\(fieldName.canonicalName) is given twice")
            }
        }
        keep(value, of: fieldName.canonicalName)
        headerFields.append(HTTPField(name: fieldName, value: value))
    }

    private mutating func keep(_ value: ArraySlice<UInt8>, of name: String) {
        switch name {
        case "host": host = value
        case "content-length": contentLength = value
        case "transfer-encoding": transferEncoding = value
        case "expect": expectation = value
        case "connection": connectionOptions += value.commaSeparated()
        default: break
        }
    }

    /// The name and the trimmed value of `name ":" OWS value OWS` (RFC 9112 §5).
    static func split(
        _ line: [UInt8], limits: HTTPServer.Limits
    ) throws(Rejection) -> (name: ArraySlice<UInt8>, value: ArraySlice<UInt8>) {
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")), colon > 0, ByteClass.token.containsAll(line[..<colon])
        else { throw .malformed("a field line is a name, a colon right after it and a value") }
        let value = line[(colon + 1)...].trimmingOptionalWhitespace()
        guard colon <= limits.fieldName, value.count <= limits.fieldValue else {
            throw .fieldsTooLarge("at most \(limits.fieldName) bytes of name and \(limits.fieldValue) of value")
        }
        return (line[..<colon], value)
    }
}

extension FieldSection {
    /// How the body ends; two ways to say it are one too many (RFC 9112 §6.1, §6.3).
    func framing(minorVersion: Int) throws(Rejection) -> BodyFraming {
        guard let transferEncoding else { return try contentLength.map(Self.sized) ?? .none }
        guard contentLength == nil else { throw .malformed("Content-Length and Transfer-Encoding exclude each other") }
        guard minorVersion > 0 else { throw .malformed("HTTP/1.0 has no Transfer-Encoding") }
        let codings = transferEncoding.commaSeparated()
        guard codings.allSatisfy({ !$0.isEmpty && ByteClass.token.containsAll($0) }) else {
            throw .malformed("Transfer-Encoding is not a list of codings")
        }
        let chunked = codings.indices.filter { codings[$0].equalsIgnoringCase("chunked".utf8) }
        guard let first = chunked.first else { throw .codingNotImplemented }
        guard first == codings.count - 1 else { throw .malformed("chunked must be the last coding, once") }
        guard codings.count == 1 else { throw .codingNotImplemented }
        return .chunked
    }

    private static func sized(_ value: ArraySlice<UInt8>) throws(Rejection) -> BodyFraming {
        guard !value.isEmpty, value.allSatisfy(\.isDigit), value.count == 1 || value.first != UInt8(ascii: "0") else {
            throw .malformed("Content-Length is not a plain decimal number")
        }
        var length = 0
        for digit in value {
            let (shifted, overflowed) = length.multipliedReportingOverflow(by: 10)
            let (sum, carried) = shifted.addingReportingOverflow(Int(digit - UInt8(ascii: "0")))
            guard !overflowed, !carried else { throw .bodyTooLarge(limit: Int.max) }
            length = sum
        }
        return length == 0 ? .none : .sized(length)
    }

    /// Refuses a missing or impossible Host, and one that differs from the authority of an absolute-form target.
    func checkHost(of requestLine: RequestLine) throws(Rejection) {
        if let host {
            guard Self.isAuthority(host) else { throw .malformed("Host is not one host with an optional port") }
        } else if requestLine.minorVersion > 0 {
            throw .malformed("HTTP/1.1 needs a Host")
        }
        guard let authority = requestLine.target.authority else { return }
        guard Self.isAuthority(authority) else { throw .malformed("the target's authority is not a host") }
        guard host.map({ $0.equalsIgnoringCase(authority) }) ?? true else {
            throw .malformed("Host differs from the target's authority")
        }
    }

    /// Gives a request without Host, which HTTP/1.0 allows, that of its absolute-form target: the target decides (RFC 9112 §3.2.2).
    mutating func completeHost(of requestLine: RequestLine) {
        guard host == nil, let authority = requestLine.target.authority, let name = HTTPField.Name("Host") else {
            return
        }
        host = authority
        headerFields.append(HTTPField(name: name, value: authority))
    }

    /// `uri-host [":" port]` with a host that is not empty and a port from 1 to 65535.
    private static func isAuthority(_ bytes: ArraySlice<UInt8>) -> Bool {
        let host: ArraySlice<UInt8>
        if bytes.first == UInt8(ascii: "[") {
            guard let end = bytes.firstIndex(of: UInt8(ascii: "]")) else { return false }
            let address = bytes[..<end].dropFirst()
            guard !address.isEmpty, address.allSatisfy({ $0.hexadecimal != nil || $0 == 0x3a || $0 == 0x2e }) else {
                return false
            }
            host = bytes[...end]
        } else {
            host = bytes.prefix { $0 != UInt8(ascii: ":") }
            guard !host.isEmpty, ByteClass.host.containsAll(host) else { return false }
        }
        let rest = bytes[host.endIndex...]
        guard let colon = rest.first else { return true }
        let digits = rest.dropFirst()
        guard colon == UInt8(ascii: ":"), (1...5).contains(digits.count), digits.allSatisfy(\.isDigit) else {
            return false
        }
        let port = digits.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
        return (1...65_535).contains(port)
    }

    /// Persistence by version and `Connection` (RFC 9112 §9.3).
    func keepsAlive(minorVersion: Int) -> Bool {
        if connectionOptions.contains(where: { $0.equalsIgnoringCase("close".utf8) }) { return false }
        return minorVersion > 0 || connectionOptions.contains { $0.equalsIgnoringCase("keep-alive".utf8) }
    }

    /// Whether the client waits for `100 Continue`; HTTP/1.0 has no such wait (RFC 9110 §10.1.1).
    func expectsContinue(minorVersion: Int) throws(Rejection) -> Bool {
        guard minorVersion > 0, let expectation else { return false }
        guard expectation.equalsIgnoringCase("100-continue".utf8) else { throw .expectationFailed }
        return true
    }
}
