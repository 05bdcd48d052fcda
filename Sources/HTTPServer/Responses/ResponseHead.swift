internal import HTTPTypes

/// The status line and fields of one answer, as they go on the wire.
struct ResponseHead {
    private let status: HTTPResponse.Status
    private var lines: [UInt8] = []
    /// The whole content that follows; empty for streams, HEAD and statuses without content.
    private(set) var content: [UInt8] = []
    private let requestID: String

    /// `HTTP/1.1 100 Continue`, whole.
    static let `continue` = Array("HTTP/1.1 100 Continue\r\n\r\n".utf8)

    /// Fields the server alone writes.
    private static let own: Set<HTTPField.Name> = [
        .contentLength, .transferEncoding, .connection, .date, .xRequestID, .keepAlive, .upgrade, .trailer,
    ]

    init(_ response: ServerResponse, requestID: String, date: String) {
        status = response.status
        self.requestID = requestID
        lines.reserveCapacity(512)
        var fields = response.headerFields
        if case .problem = response.body { fields[.contentType] = "application/problem+json" }
        for field in fields where !Self.own.contains(field.name) {
            append(field.name.rawName, field.value)
        }
        append("Date", date)
        append("X-Request-ID", requestID)
    }

    /// Adds the framing fields and takes over a content that is whole.
    ///
    /// - Returns: Whether nothing follows but `content`.
    @discardableResult
    mutating func frame(_ body: ServerResponse.Body, for request: RequestHead?, keepsAlive: Bool) -> Bool {
        if !keepsAlive {
            append("Connection", "close")
        } else if request?.minorVersion == 0 {
            append("Connection", "keep-alive")
        }
        if status.code == 204 || status.code == 304 { return true }
        switch body {
        case .bytes(let bytes):
            frame(bytes, isHead: request?.method == .head)
        case .problem(var problem):
            problem.requestID = requestID
            frame(problem.json, isHead: request?.method == .head)
        case .stream:
            if request?.minorVersion != 0 { append("Transfer-Encoding", "chunked") }
            return request?.method == .head
        }
        return true
    }

    private mutating func frame(_ bytes: [UInt8], isHead: Bool) {
        append("Content-Length", String(bytes.count))
        if !isHead { content = bytes }
    }

    /// The bytes up to and including the empty line.
    func serialized() -> [UInt8] {
        var bytes = Array("HTTP/1.1 \(status.code) ".utf8)
        bytes.append(contentsOf: status.reasonPhrase.utf8.filter { !$0.isForbiddenControl })
        bytes.append(contentsOf: "\r\n".utf8)
        bytes.append(contentsOf: lines)
        bytes.append(contentsOf: "\r\n".utf8)
        return bytes
    }

    /// One field line; control characters in a value become spaces, so that no value can end its line.
    private mutating func append(_ name: String, _ value: String) {
        lines.append(contentsOf: name.utf8)
        lines.append(contentsOf: ": ".utf8)
        for byte in value.utf8 { lines.append(byte.isForbiddenControl ? .space : byte) }
        lines.append(contentsOf: "\r\n".utf8)
    }
}

extension HTTPField.Name {
    // These literals are tokens, so the names exist; the fallback is never taken.
    static let xRequestID = HTTPField.Name("X-Request-ID") ?? .server
    static let keepAlive = HTTPField.Name("Keep-Alive") ?? .connection
}
