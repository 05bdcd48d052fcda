public import Logging

/// An HTTP/1.1 server on non-blocking sockets.
///
///     let server = HTTPServer(configuration: .init(), routes: [
///         Route(.get, "/livez", maximumBodyBytes: 0) { _ in ServerResponse(contentType: "text/plain", bytes: Array("ok".utf8)) }
///     ], logger: Logger(label: "http"))
///     try await server.run { port in print("listening on port \(port)") }
///
/// It refuses everything that RFC 9110 and RFC 9112 do not clearly allow, bounds every message, connection and wait, and
/// answers its own errors as `application/problem+json`. Sockets belong to one serial queue; handlers run on the
/// cooperative pool, one at a time per connection.
public struct HTTPServer: Sendable {
    private let configuration: Configuration
    private let pool: ConnectionPool
    private let shutdown = ShutdownRequest()

    /// A server for some routes; nothing is opened yet.
    ///
    /// - Parameter logger: Written to from a queue of its own; while that is stuck, lines beyond `waitingLogLines` are dropped.
    /// - Precondition: no two routes answer the same method of the same paths.
    public init(configuration: Configuration, routes: [Route], logger: Logger) {
        self.configuration = configuration
        var limits = configuration.limits
        // Some descriptors must be left for model files, databases and the server itself.
        limits.connections = max(1, min(limits.connections, Socket.descriptorLimit - 128))
        pool = ConnectionPool(
            service: Service(
                router: Router(routes), names: configuration.names, limits: limits, timeouts: configuration.timeouts,
                log: EventLog(logger, capacity: limits.waitingLogLines)))
    }

    /// Listens and serves until a graceful shutdown has finished, or the task is cancelled; once per server.
    ///
    /// - Parameter onListening: Called with the bound port as soon as clients can connect.
    /// - Throws: `ListenError` when the address cannot be listened on.
    public func run(onListening: @Sendable (_ boundPort: Int) -> Void) async throws {
        let address = SocketAddress(host: configuration.host, port: configuration.port)
        onListening(try await pool.listen(on: address, backlog: configuration.backlog))
        shutdown.whenRequested { [pool] in Task { await pool.drain() } }
        await withTaskCancellationHandler {
            await pool.serve()
        } onCancel: {
            Task { await pool.cancel() }
        }
        await pool.service.log.flush(within: 1)
    }

    /// Stops accepting, says `Connection: close` on every further answer and lets what is in flight finish; `run` then
    /// returns. May be called from any thread, at any time, more than once.
    public func beginGracefulShutdown() {
        shutdown.request()
    }
}
