import HTTPServer
import HTTPTypes
import Logging
import Synchronization
import TestSupport
import Testing

/// Ways for `run` to end besides finishing what is in flight.
@Suite struct ShutdownTests {
    @Test func cancelsWhatDoesNotFinishInTime() async throws {
        let gate = Gate()
        let cancelled = Atomic(false)
        let route = Route(.get, "/", maximumBodyBytes: 0) { _ in
            do { try await gate.pass() } catch { cancelled.store(true, ordering: .relaxed) }
            return .text("late")
        }
        try await withServer([route], configure: { $0.timeouts.drain = 0.2 }) { port, server in
            try await offPool {
                let client = try RawClient(port: port)
                client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
                gate.waitForArrivals(1)
                server.beginGracefulShutdown()
                #expect(throws: SocketFailure.self) { try client.response() }
            }
        }
        for _ in 0..<100 where !cancelled.load(ordering: .relaxed) { try await Task.sleep(for: .milliseconds(20)) }
        let wasCancelled = cancelled.load(ordering: .relaxed)
        #expect(wasCancelled)
    }

    @Test func endsWhenItsTaskIsCancelled() async throws {
        let server = server()
        let (ports, announce) = AsyncStream.makeStream(of: Int.self)
        let task = Task { try await server.run { announce.yield($0) } }
        for await port in ports {
            let response = try await offPool { try once(port, "GET / HTTP/1.1\r\nHost: a\r\n\r\n") }
            #expect(response.status == 200)
            break
        }
        task.cancel()
        try await task.value
    }

    @Test func endsAtOnceWhenAskedBeforeItRuns() async throws {
        let server = server()
        server.beginGracefulShutdown()
        try await server.run { _ in }
    }

    private func server() -> HTTPServer {
        var configuration = HTTPServer.Configuration()
        configuration.port = 0
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        return HTTPServer(configuration: configuration, routes: echoRoutes, logger: logger)
    }
}
