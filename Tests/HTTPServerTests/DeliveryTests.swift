import Glibc
import HTTPServer
import HTTPTypes
import TestSupport
import Testing

private let get = "GET /large HTTP/1.1\r\nHost: a\r\n\r\n"
private let getAndClose = "GET /large HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
private let length = 20_000_000

/// A route whose answer no kernel takes at once, and one whose answer is small.
private func routes(_ claims: Claims = Claims()) -> [Route] {
    [
        Route(.get, "/large", maximumBodyBytes: 0) { _ in
            ServerResponse(body: .bytes([UInt8](repeating: 1, count: length)), retained: claims.make())
        },
        Route(.get, "/", maximumBodyBytes: 0) { _ in .text("hello") },
    ]
}

/// Answers that are still being sent when something else happens: they arrive whole, or the connection is reset.
@Suite struct DeliveryTests {
    @Test func sendsTheWholeAnswerToAClientThatFinishesWhileItIsSent() async throws {
        try await withServer(routes()) { port, _ in
            try await offPool {
                let client = try RawClient(port: port)
                client.send(getAndClose)
                try client.waitForResponse()
                client.finish()
                usleep(200_000)
                #expect(try client.response().content.count == length)
                #expect(try client.receive() == nil)
            }
        }
    }

    @Test func sendsTheWholeAnswerToAClientThatKeepsSending() async throws {
        try await withServer(routes()) { port, _ in
            try await offPool {
                let client = try RawClient(port: port)
                client.send(getAndClose)
                try client.waitForResponse()
                client.send([UInt8](repeating: 0, count: 3_000_000))
                #expect(try client.response().content.count == length)
            }
        }
    }

    @Test func evictsNobodyWhoseAnswerIsStillBeingSent() async throws {
        try await withServer(
            routes(),
            configure: {
                $0.limits.connections = 1
                $0.limits.reservedConnections = 0
            }
        ) { port, _ in
            try await offPool {
                let client = try RawClient(port: port)
                client.send(getAndClose)
                try client.waitForResponse()
                #expect(try once(port, "GET / HTTP/1.1\r\nHost: a\r\n\r\n").status == 503)
                #expect(try client.response().content.count == length)
            }
        }
    }

    @Test func closesAConnectionItPromisedToKeepBeforeItWasToStop() async throws {
        try await withServer(routes(), configure: { $0.timeouts.drain = 60 }) { port, server in
            try await offPool {
                let idle = try RawClient(port: port)
                #expect(try idle.exchange("GET / HTTP/1.1\r\nHost: a\r\n\r\n").status == 200)
                let client = try RawClient(port: port)
                client.send(get)
                try client.waitForResponse()
                server.beginGracefulShutdown()
                #expect(try idle.receive() == nil)
                let response = try client.response()
                #expect(response["Connection"] == nil)
                #expect(response.content.count == length)
                #expect(try client.receive() == nil)
            }
        }
    }

    @Test func holdsWhatAnAnswerRetainsUntilItHasBeenSent() async throws {
        let claims = Claims()
        try await withServer(routes(claims)) { port, _ in
            try await offPool {
                let client = try RawClient(port: port)
                client.send(get)
                try client.waitForResponse()
                usleep(100_000)
                #expect(claims.count == 1)
                #expect(try client.response().content.count == length)
                #expect(claims.waitUntilNoneIsHeld())
                #expect(try client.exchange("HEAD /large HTTP/1.1\r\nHost: a\r\n\r\n")["Content-Length"] == "\(length)")
                #expect(claims.waitUntilNoneIsHeld())
            }
        }
    }

    @Test func letsGoOfAnAnswerWhoseClientLeft() async throws {
        let claims = Claims()
        try await withServer(routes(claims)) { port, _ in
            try await offPool {
                let client = try RawClient(port: port)
                client.send(get)
                try client.waitForResponse()
                client.resetOnClose()
            }
            let isReleased = try await offPool { claims.waitUntilNoneIsHeld() }
            #expect(isReleased)
        }
    }

    @Test(arguments: ["1.0", "1.1"]) func holdsWhatAStreamRetainsUntilItHasEnded(_ version: String) async throws {
        let claims = Claims()
        let gate = Gate()
        let route = Route(.get, "/", maximumBodyBytes: 0) { _ in
            let (pieces, more) = AsyncThrowingStream.makeStream(of: [UInt8].self)
            more.yield([1])
            Task {
                try await gate.pass()
                more.finish()
            }
            return ServerResponse(body: .stream(pieces), retained: claims.make())
        }
        try await withServer([route]) { port, _ in
            try await offPool {
                let client = try RawClient(port: port)
                client.send("GET / HTTP/\(version)\r\nHost: a\r\nConnection: close\r\n\r\n")
                _ = try client.receive(maximum: 1)
                gate.waitForArrivals(1)
                #expect(claims.count == 1)
                gate.open()
                _ = try client.receiveAll()
                #expect(claims.waitUntilNoneIsHeld())
            }
        }
    }

    @Test func endsAnAnswerThatIsTakenTooSlowly() async throws {
        let claims = Claims()
        try await withServer(
            routes(claims),
            configure: {
                $0.timeouts.writeGrace = 0.3
                $0.timeouts.writeBytesPerSecond = 1e9
            }
        ) { port, _ in
            try await offPool {
                let client = try RawClient(port: port)
                client.send(get)
                let failure = #expect(throws: SocketFailure.self) {
                    while try client.receive(maximum: 20_000) != nil { usleep(10_000) }
                }
                #expect(failure?.code == ECONNRESET)
                #expect(claims.waitUntilNoneIsHeld())
            }
        }
    }
}
