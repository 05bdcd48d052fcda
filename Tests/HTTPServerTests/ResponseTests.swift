import HTTPServer
import HTTPTypes
import Synchronization
import TestSupport
import Testing

private func get(_ path: String, version: String = "1.1") -> String { "GET \(path) HTTP/\(version)\r\nHost: a\r\n\r\n" }

/// A stream of numbered pieces that counts how many were asked for.
private struct Pieces: AsyncSequence, Sendable {
    let count: Int
    let size: Int
    let asked = Counter()
    var failsAt = Int.max

    final class Counter: Sendable {
        let value = Atomic(0)
    }

    struct Broken: Error {}

    struct Iterator: AsyncIteratorProtocol {
        typealias Failure = any Error

        let pieces: Pieces
        var number = 0

        mutating func next() async throws -> [UInt8]? {
            if number == pieces.failsAt { throw Broken() }
            guard number < pieces.count else { return nil }
            number += 1
            pieces.asked.value.add(1, ordering: .relaxed)
            return [UInt8](repeating: UInt8(truncatingIfNeeded: number), count: pieces.size)
        }
    }

    func makeAsyncIterator() -> Iterator { Iterator(pieces: self) }
}

/// What goes back to the client.
@Suite struct ResponseTests {
    @Test func streamsInChunksOrUntilTheEnd() async throws {
        let routes = [
            Route(.get, "/stream", maximumBodyBytes: 0) { _ in
                ServerResponse(
                    headerFields: [.contentType: "text/plain"], body: .stream(Pieces(count: 20, size: 10_000)))
            }
        ]
        try await withServer(routes) { port, _ in
            try await offPool {
                let client = try RawClient(port: port)
                let chunked = try client.exchange(get("/stream"))
                #expect(chunked["Transfer-Encoding"] == "chunked")
                #expect(chunked.content.count == 200_000)
                #expect(try client.exchange("HEAD /stream HTTP/1.1\r\nHost: a\r\n\r\n").content.isEmpty)
                client.send(get("/stream", version: "1.0"))
                let plain = try #require(Response.parse(try client.receiveAll())).0
                #expect(plain["Transfer-Encoding"] == nil)
                #expect(plain["Connection"] == "close")
                #expect(plain.content == chunked.content)
                let kept = try RawClient(port: port)
                kept.send("GET /stream HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
                let ended = try #require(Response.parse(try kept.receiveAll())).0
                #expect(ended["Connection"] == "close")
                #expect(ended.content == chunked.content)
            }
        }
    }

    @Test func asksAStreamForNoMoreThanTheClientTakes() async throws {
        let pieces = Pieces(count: 10_000, size: 10_000)
        let routes = [Route(.get, "/stream", maximumBodyBytes: 0) { _ in ServerResponse(body: .stream(pieces)) }]
        try await withServer(routes) { port, _ in
            try await offPool {
                let client = try RawClient(port: port)
                client.send(get("/stream"))
                _ = try client.receive(maximum: 1)
            }
            try await Task.sleep(for: .milliseconds(300))
        }
        #expect(pieces.asked.value.load(ordering: .relaxed) < 2_000)
    }

    @Test func cutsAStreamThatFails() async throws {
        let routes = [
            Route(.get, "/stream", maximumBodyBytes: 0) { _ in
                ServerResponse(body: .stream(Pieces(count: 10, size: 10, failsAt: 5)))
            }
        ]
        try await withServer(routes) { port, _ in
            try await offPool {
                let client = try RawClient(port: port)
                client.send(get("/stream"))
                #expect(throws: SocketFailure.self) { try client.response() }
            }
        }
    }

    @Test func keepsControlCharactersOutOfFields() async throws {
        let routes = [
            Route(.get, "/", maximumBodyBytes: 0) { _ in
                ServerResponse(headerFields: [
                    .location: "a\r\nInjected: b\0c", .connection: "keep-alive", .contentLength: "7",
                ])
            }
        ]
        try await withServer(routes) { port, _ in
            try await offPool {
                let response = try once(port, get("/"))
                #expect(response["Injected"] == nil)
                #expect(response["Content-Length"] == "0")
            }
        }
    }

    @Test func answersWhatAHandlerThrows() async throws {
        struct Secret: Error { let password = "hunter2" }
        let routes = [
            Route(.get, "/secret", maximumBodyBytes: 0) { _ in throw Secret() },
            Route(.get, "/problem", maximumBodyBytes: 0) { _ in
                throw Problem(status: .unprocessableContent, detail: "no", extensions: ["index": 3, "code": "odd"])
            },
            Route(.get, "/cancelled", maximumBodyBytes: 0) { _ in throw CancellationError() },
        ]
        try await withServer(routes) { port, _ in
            try await offPool {
                let client = try RawClient(port: port)
                let secret = try client.exchange(get("/secret"))
                #expect(secret.status == 500)
                #expect(!secret.text.contains("hunter2") && !secret.text.contains("Secret"))
                let problem = try client.exchange(get("/problem"))
                #expect(problem.status == 422)
                #expect(problem.text.contains(#""code":"odd","detail":"no","index":3,"#))
                let cancelled = try client.exchange(get("/cancelled"))
                #expect(cancelled.status == 503)
                #expect(cancelled["Retry-After"] == "1")
                #expect(try client.exchange(get("/problem")).status == 422)
            }
        }
    }

    @Test func sendsNoContentWithStatusesThatHaveNone() async throws {
        let routes = [
            Route(.get, "/", maximumBodyBytes: 0) { _ in ServerResponse(status: .noContent, body: .bytes([1, 2, 3])) }
        ]
        try await withServer(routes) { port, _ in
            try await offPool {
                let client = try RawClient(port: port)
                #expect(try client.exchange(get("/"))["Content-Length"] == nil)
                #expect(try client.exchange(get("/")).status == 204)
            }
        }
    }
}
