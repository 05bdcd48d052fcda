import HTTPServer
import HTTPTypes
import Logging
import TestSupport

/// Routes that show what a request became.
let echoRoutes: [Route] = [
    Route(.get, "/", maximumBodyBytes: 65_536) { _ in .text("hello") },
    Route(.post, "/", maximumBodyBytes: 65_536) { request in .text("\(try await request.body.collect().count)") },
    Route(.post, "/echo", maximumBodyBytes: 64 << 20) { request in
        ServerResponse(contentType: "application/octet-stream", bytes: try await request.body.collect())
    },
    Route(.post, "/ignore", maximumBodyBytes: 64 << 20) { _ in .text("ignored") },
    Route(.get, "/items/{id}", maximumBodyBytes: 0) { request in .text(request.pathParameters["id"] ?? "none") },
    Route(.get, "/livez", maximumBodyBytes: 0, isServedAtCapacity: true) { _ in .text("alive") },
]

extension ServerResponse {
    static func text(_ text: String) -> ServerResponse {
        ServerResponse(contentType: "text/plain", bytes: Array(text.utf8))
    }
}

/// Runs a server on a free port for the time of a test; shuts it down gracefully after.
func withServer<Result: Sendable>(
    _ routes: [Route] = echoRoutes, logger: Logger? = nil,
    configure: (inout HTTPServer.Configuration) -> Void = { _ in },
    _ body: @Sendable (_ port: Int, _ server: HTTPServer) async throws -> Result
) async throws -> Result {
    var configuration = HTTPServer.Configuration()
    configuration.port = 0
    configuration.timeouts.drain = 5
    configure(&configuration)
    var silent = Logger(label: "test")
    silent.logLevel = .critical
    let server = HTTPServer(configuration: configuration, routes: routes, logger: logger ?? silent)
    let (ports, announce) = AsyncStream.makeStream(of: Int.self)
    return try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask {
            defer { announce.finish() }
            try await server.run { announce.yield($0) }
        }
        var iterator = ports.makeAsyncIterator()
        guard let port = await iterator.next() else { throw SocketFailure(call: "listen", code: 0) }
        let result = try await body(port, server)
        server.beginGracefulShutdown()
        try await group.waitForAll()
        return result
    }
}
