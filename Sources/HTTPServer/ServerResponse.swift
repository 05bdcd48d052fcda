public import HTTPTypes

/// An answer: status, header fields and a body that is whole or arrives in pieces.
///
/// The server adds `Date`, `Content-Length` or `Transfer-Encoding`, `Connection` and `X-Request-ID`; what a handler sets
/// for the framing ones is dropped. Values with control characters never reach the wire.
public struct ServerResponse: Sendable {
    /// The content of an answer.
    public enum Body: Sendable {
        /// The whole content.
        case bytes([UInt8])
        /// Content in pieces: chunked for HTTP/1.1, ended by closing for HTTP/1.0. The next piece is asked for when the
        /// client has taken enough of the earlier ones; the sequence's task is cancelled when the client leaves.
        case stream(any AsyncSequence<[UInt8], any Error> & Sendable)
        /// A problem; encoded with the request's id when it is sent.
        case problem(Problem)
    }

    /// The status code and reason.
    public var status: HTTPResponse.Status
    /// The header fields beyond those the server adds.
    public var headerFields: HTTPFields
    /// The content.
    public var body: Body
    /// What is to live as long as the server holds content of this answer, such as a claim on the memory it takes.
    ///
    /// Released when the kernel has taken the last byte, when the connection closed before, or when another answer went out
    /// instead. That happens on the queue of the server's sockets, so a `deinit` that depends on it has to be quick.
    public var retained: (any Sendable)?

    /// An answer with any body.
    public init(
        status: HTTPResponse.Status = .ok, headerFields: HTTPFields = [:], body: Body = .bytes([]),
        retained: (any Sendable)? = nil
    ) {
        self.status = status
        self.headerFields = headerFields
        self.body = body
        self.retained = retained
    }

    /// An answer whose content is whole and has a media type.
    public init(status: HTTPResponse.Status = .ok, contentType: String, bytes: [UInt8]) {
        self.init(status: status, headerFields: [.contentType: contentType], body: .bytes(bytes))
    }
}

/// An error that knows its answer; a handler throws it and the client receives `response`.
public protocol HTTPResponseError: Error {
    /// The answer this error becomes.
    var response: ServerResponse { get }
    /// What the log is to say about it, because the client must not be told; nothing by default.
    var logEntry: String? { get }
}

extension HTTPResponseError {
    /// Nothing: the answer says it all.
    public var logEntry: String? { nil }
}
