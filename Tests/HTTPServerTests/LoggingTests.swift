import Glibc
import HTTPServer
import HTTPTypes
import InMemoryLogging
import Logging
import Synchronization
import Testing

/// A log that takes no line before it is read, as a full pipe does.
private final class StuckLogHandler: LogHandler, Sendable {
    let memory = InMemoryLogHandler()
    let isRead = Atomic(false)

    func log(event: LogEvent) {
        while !isRead.load(ordering: .relaxed) { usleep(1_000) }
        memory.log(event: event)
    }

    var logLevel: Logger.Level {
        get { .info }
        set {}
    }
    var metadata: Logger.Metadata {
        get { [:] }
        set {}
    }
    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { nil }
        set {}
    }
}

/// What the log says about requests, and what it must not.
@Suite struct LoggingTests {
    @Test func tellsOfEachRequestButNotItsSecrets() async throws {
        struct Broken: Error {}
        let handler = InMemoryLogHandler()
        var logger = Logger(label: "http") { _ in handler }
        logger.logLevel = .info
        let routes = [
            Route(.get, "/a/{id}", maximumBodyBytes: 0) { _ in .text("four") },
            Route(.get, "/broken", maximumBodyBytes: 0) { _ in throw Broken() },
            Route(.get, "/livez", maximumBodyBytes: 0, isServedAtCapacity: true) { _ in .text("alive") },
        ]
        try await withServer(routes, logger: logger) { port, _ in
            try await offPool {
                let client = try RawClient(port: port)
                let fields = "Host: a\r\nAuthorization: Bearer hunter2\r\nX-Request-ID: seven\r\n"
                _ = try client.exchange("GET /a/b?key=hunter2 HTTP/1.1\r\n\(fields)\r\n")
                _ = try client.exchange("GET /livez HTTP/1.1\r\nHost: a\r\n\r\n")
                _ = try client.exchange("GET /broken HTTP/1.1\r\nHost: a\r\n\r\n")
                _ = try client.exchange("hunter2\r\n\r\n")
            }
        }
        let entries = handler.entries
        #expect(entries.map(\.message) == ["request", "handler failed", "request", "rejected"])
        #expect(!entries.contains { "\($0)".contains("hunter2") })
        let first = try #require(entries.first).metadata
        #expect(first["method"] == "GET")
        #expect(first["path"] == "/a/b")
        #expect(first["status"] == "200")
        #expect(first["bytes"] == "4")
        #expect(first["request_id"] == "seven")
        let milliseconds = try #require(first["milliseconds"]).description
        #expect(milliseconds.split(separator: ".").last?.count == 1)
    }

    @Test func tellsWhatAnErrorKeepsFromTheClient() async throws {
        struct Full: HTTPResponseError {
            var response: ServerResponse { Problem(status: .serviceUnavailable, detail: "Later.").response }
            var logEntry: String? { "the disk of /var/db is full" }
        }
        let handler = InMemoryLogHandler()
        let routes = [Route(.get, "/", maximumBodyBytes: 0) { _ in throw Full() }]
        try await withServer(routes, logger: Logger(label: "http") { _ in handler }) { port, _ in
            try await offPool {
                let answer = try RawClient(port: port).exchange(
                    "GET / HTTP/1.1\r\nHost: a\r\nX-Request-ID: seven\r\n\r\n")
                #expect(answer.status == 503)
                #expect(!"\(answer)".contains("disk"))
            }
        }
        let entry = try #require(handler.entries.first { $0.message == "request failed" })
        #expect(entry.metadata["error"] == "the disk of /var/db is full")
        #expect(entry.metadata["request_id"] == "seven")
    }

    @Test func servesWhileNobodyReadsTheLog() async throws {
        let handler = StuckLogHandler()
        var logger = Logger(label: "http") { _ in handler }
        logger.logLevel = .info
        try await withServer(logger: logger, configure: { $0.limits.waitingLogLines = 3 }) { port, _ in
            try await offPool {
                defer { handler.isRead.store(true, ordering: .relaxed) }
                let client = try RawClient(port: port)
                for _ in 0..<10 { #expect(try client.exchange("GET / HTTP/1.1\r\nHost: a\r\n\r\n").status == 200) }
            }
        }
        let messages = handler.memory.entries.map(\.message)
        #expect(messages.filter { $0 == "request" }.count == 3)
        #expect(handler.memory.entries.first { $0.message == "log lines dropped" }?.metadata["count"] == "7")
    }
}
