package import HTTPTypes

/// A request line and header fields that passed every check, with what they say about framing.
package struct RequestHead: Sendable, Equatable {
    package var method: HTTPRequest.Method
    /// The target's path, percent-encoded, always with a leading slash; `*` for `OPTIONS *`.
    package var path: String
    /// The path's segments, decoded.
    package var segments: [String]
    /// The decoded query.
    package var query: [QueryItem]
    /// The minor version: HTTP/1.0 or HTTP/1.1.
    package var minorVersion: Int
    package var headerFields: HTTPFields
    package var framing: BodyFraming
    /// Whether the connection may carry another request (RFC 9112 §9.3).
    package var keepsAlive: Bool
    /// Whether the client waits for an interim response before it sends the body.
    package var expectsContinue: Bool
}

/// One decoded query parameter.
package struct QueryItem: Sendable, Equatable {
    package var name: String
    package var value: String

    package init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}

/// How the end of a request body is found (RFC 9112 §6.3).
package enum BodyFraming: Sendable, Equatable {
    case none
    case sized(Int)
    case chunked
}
