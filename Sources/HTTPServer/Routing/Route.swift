public import HTTPTypes

/// A method and a path with the handler that answers them.
///
///     Route(.get, "/v1/images/{id}", maximumBodyBytes: 0) { request in
///         ServerResponse(contentType: "text/plain", bytes: Array(request.pathParameters["id", default: ""].utf8))
///     }
public struct Route: Sendable {
    /// What answers a request; it runs on the cooperative pool and is cancelled when the client leaves.
    public typealias Handler = @Sendable (ServerRequest) async throws -> ServerResponse

    /// The method; `GET` answers `HEAD` as well.
    public let method: HTTPRequest.Method
    /// The path: literal segments and `{name}` segments, each of which matches one segment that is not empty.
    public let path: String
    /// The largest request body, in bytes; a larger one is answered 413 as soon as that is known.
    public let maximumBodyBytes: Int
    /// Whether the route is answered even when all connections are in use: for health probes.
    public let isServedAtCapacity: Bool
    package let handler: Handler
    let pattern: PathPattern

    /// A route.
    ///
    /// - Precondition: `path` starts with a slash, and no `{name}` is empty or used twice.
    public init(
        _ method: HTTPRequest.Method, _ path: String, maximumBodyBytes: Int, isServedAtCapacity: Bool = false,
        handler: @escaping Handler
    ) {
        self.method = method
        self.path = path
        self.maximumBodyBytes = maximumBodyBytes
        self.isServedAtCapacity = isServedAtCapacity
        self.handler = handler
        pattern = PathPattern(path)
    }
}
