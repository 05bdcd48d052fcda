public import HTTPTypes

/// The server's own reasons to refuse a request, each with its status: the one table of both.
///
/// A request body throws one of these into the handler that reads it; the server answers it whatever the handler does.
public enum Rejection: Error, Sendable, Hashable {
    /// Bytes that are no HTTP/1.1 message (RFC 9112).
    case malformed(String)
    /// A name in `Host` that is none of the server's.
    case misdirected
    /// A path that no route has.
    case notFound
    /// A path without this method; the methods it has.
    case methodNotAllowed([String])
    /// A client that was too slow.
    case timeout(String)
    /// A body over the route's limit, in bytes.
    case bodyTooLarge(limit: Int)
    /// A request line over the limit.
    case targetTooLong
    /// An expectation other than `100-continue`.
    case expectationFailed
    /// Too many or too large header or trailer fields.
    case fieldsTooLarge(String)
    /// A method this server does not know.
    case methodNotImplemented
    /// A transfer coding this server does not know.
    case codingNotImplemented
    /// A version other than HTTP/1.0 and HTTP/1.1.
    case versionNotSupported
    /// No room for one more connection.
    case atCapacity
    /// A handler that was cancelled while its client still waits.
    case interrupted
    /// A handler that failed in a way it did not explain.
    case internalError
    /// The client went away before its body was whole; nobody reads the answer.
    case disconnected

    /// The status each is answered with.
    public var status: HTTPResponse.Status {
        switch self {
        case .malformed, .disconnected: .badRequest
        case .misdirected: .misdirectedRequest
        case .notFound: .notFound
        case .methodNotAllowed: .methodNotAllowed
        case .timeout: .requestTimeout
        case .bodyTooLarge: .contentTooLarge
        case .targetTooLong: .uriTooLong
        case .expectationFailed: .expectationFailed
        case .fieldsTooLarge: .requestHeaderFieldsTooLarge
        case .methodNotImplemented, .codingNotImplemented: .notImplemented
        case .versionNotSupported: .httpVersionNotSupported
        case .atCapacity, .interrupted: .serviceUnavailable
        case .internalError: .internalServerError
        }
    }

    /// Whether the connection can carry another request after the answer.
    var keepsConnection: Bool {
        switch self {
        case .misdirected, .notFound, .methodNotAllowed, .methodNotImplemented, .interrupted, .internalError: true
        default: false
        }
    }

    private var detail: String {
        switch self {
        case .malformed(let what): "The request is malformed: \(what)."
        case .misdirected:
            "This server does not answer to the name in Host. If the name is meant for it, add it to the setting names."
        case .notFound: "No route has this path."
        case .methodNotAllowed(let methods): "This path answers \(methods.joined(separator: ", "))."
        case .timeout(let what): "The client was too slow: \(what)."
        case .bodyTooLarge(let limit): "The body is larger than the \(limit) bytes this route takes."
        case .targetTooLong: "The request line is too long."
        case .expectationFailed: "The only expectation understood is 100-continue."
        case .fieldsTooLarge(let what): "The header fields are too large: \(what)."
        case .methodNotImplemented: "No route of this server has this method."
        case .codingNotImplemented: "The only transfer coding understood is chunked."
        case .versionNotSupported: "The versions understood are HTTP/1.0 and HTTP/1.1."
        case .atCapacity: "All connections are in use; try again shortly."
        case .interrupted: "The work on this request was given up; try again shortly."
        case .internalError: "The request could not be served; the log has the reason under this request id."
        case .disconnected: "The client closed the connection before its body was whole."
        }
    }
}

extension Rejection: HTTPResponseError {
    /// The answer as `application/problem+json`, with `Allow` and `Retry-After` where they belong.
    public var response: ServerResponse {
        var response = Problem(status: status, detail: detail).response
        switch self {
        case .methodNotAllowed(let methods): response.headerFields[.allow] = methods.joined(separator: ", ")
        case .atCapacity, .interrupted: response.headerFields[.retryAfter] = "1"
        default: break
        }
        return response
    }
}
