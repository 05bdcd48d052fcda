internal import HTTPTypes

/// `method SP request-target SP HTTP-version` (RFC 9112 §3).
struct RequestLine: Sendable {
    let method: HTTPRequest.Method
    let target: RequestTarget
    let minorVersion: Int

    init(_ line: [UInt8], limits: HTTPServer.Limits) throws(Rejection) {
        let parts = line.split(separator: .space, omittingEmptySubsequences: false)
        guard parts.count == 3, let name = parts.first, let target = parts.dropFirst().first, let version = parts.last
        else {
            throw .malformed("a request line is method, target and version, with one space between")
        }
        minorVersion = try Self.minorVersion(version)
        guard !name.isEmpty, name.count <= limits.method, ByteClass.token.containsAll(name),
            let method = HTTPRequest.Method(rawValue: String(decoding: name, as: UTF8.self))
        else { throw .malformed("the method is not a token of 1 to \(limits.method) characters") }
        self.method = method
        self.target = try RequestTarget(target, method: method)
    }

    private static func minorVersion(_ version: ArraySlice<UInt8>) throws(Rejection) -> Int {
        let bytes = Array(version)
        guard bytes.count == 8, bytes.starts(with: "HTTP/".utf8), bytes[5].isDigit, bytes[6] == UInt8(ascii: "."),
            bytes[7].isDigit
        else { throw .malformed("the version is not of the form HTTP/1.1") }
        switch (bytes[5], bytes[7]) {
        case (UInt8(ascii: "1"), UInt8(ascii: "1")): return 1
        case (UInt8(ascii: "1"), UInt8(ascii: "0")): return 0
        default: throw .versionNotSupported
        }
    }
}
