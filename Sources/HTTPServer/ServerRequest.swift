public import HTTPTypes

/// One request as a handler sees it: head parsed and validated, body still to be read.
public struct ServerRequest: Sendable {
    /// The method as sent; a `GET` route also sees `HEAD`, whose content the server drops.
    public let method: HTTPRequest.Method
    /// The path as it was sent, percent-encoded, without query.
    public let path: String
    /// The path's segments, each decoded once.
    public let pathSegments: [String]
    /// The decoded segments that matched the route's `{name}` parts, by name.
    public let pathParameters: [String: String]
    /// The decoded query parameters in order of appearance.
    public let query: [(name: String, value: String)]
    /// The header fields; those sent more than once are kept apart, in order.
    public let headerFields: HTTPFields
    /// The id of this request: the client's `X-Request-ID` when it is a plain token, else a new one.
    public let requestID: String
    /// The content.
    public let body: RequestBody
    /// The client's end of the connection.
    public let remoteAddress: SocketAddress

    /// A request from its parts, for tests of handlers.
    public init(
        method: HTTPRequest.Method, path: String, pathSegments: [String] = [], pathParameters: [String: String] = [:],
        query: [(name: String, value: String)] = [], headerFields: HTTPFields = [:], requestID: String = "-",
        body: RequestBody = RequestBody([]), remoteAddress: SocketAddress = SocketAddress(host: "127.0.0.1", port: 0)
    ) {
        self.method = method
        self.path = path
        self.pathSegments = pathSegments
        self.pathParameters = pathParameters
        self.query = query
        self.headerFields = headerFields
        self.requestID = requestID
        self.body = body
        self.remoteAddress = remoteAddress
    }
}
