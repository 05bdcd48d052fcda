import Foundation
import HTTPServer
import HTTPTypes
import Synchronization
import TestSupport
import Testing

private let get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"

/// Slow clients, too many of them, those that leave, and stopping.
@Suite(.serialized) struct OverloadTests {
    @Test func endsAHeadThatTricklesIn() async throws {
        try await withServer(configure: { $0.timeouts.head = 0.5 }) { port, _ in
            try await offPool {
                let silent = try RawClient(port: port)
                let slow = try RawClient(port: port)
                for byte in Array("GET / HTTP/1.1\r\n".utf8).prefix(8) {
                    slow.send([byte])
                    usleep(100_000)
                }
                #expect(try slow.response().status == 408)
                #expect(try silent.receive() == nil)
            }
        }
    }

    @Test func closesWhatIsIdle() async throws {
        try await withServer(configure: { $0.timeouts.idle = 0.3 }) { port, _ in
            try await offPool {
                let client = try RawClient(port: port)
                #expect(try client.exchange(get).status == 200)
                #expect(try client.receive() == nil)
            }
        }
    }

    @Test(arguments: ["Content-Length: 10000", "Transfer-Encoding: chunked"])
    func endsABodyThatTricklesIn(_ framing: String) async throws {
        try await withServer(configure: { $0.timeouts.bodyGrace = 0.5 }) { port, _ in
            try await offPool {
                let client = try RawClient(port: port)
                client.send("POST /echo HTTP/1.1\r\nHost: a\r\n\(framing)\r\n\r\n")
                for _ in 0..<8 {
                    client.send("1\r\nx\r\n")
                    usleep(100_000)
                }
                #expect(try client.response().status == 408)
            }
        }
    }

    @Test func endsAResponseNobodyTakes() async throws {
        let claims = Claims()
        let routes = [
            Route(.get, "/", maximumBodyBytes: 0) { _ in
                ServerResponse(body: .bytes([UInt8](repeating: 0, count: 30_000_000)), retained: claims.make())
            }
        ]
        try await withServer(routes, configure: { $0.timeouts.writeProgress = 0.3 }) { port, _ in
            try await offPool {
                let client = try RawClient(port: port)
                client.send(get)
                try client.waitForResponse()
                #expect(claims.waitUntilNoneIsHeld())
                #expect(throws: SocketFailure.self) { try client.response() }
            }
        }
    }

    @Test func answersProbesAtCapacity() async throws {
        let gate = Gate()
        let busy = Route(.get, "/busy", maximumBodyBytes: 0) { _ in
            try await gate.pass()
            return .text("done")
        }
        try await withServer(
            echoRoutes + [busy],
            configure: {
                $0.limits.connections = 4
                $0.limits.reservedConnections = 2
            }
        ) { port, _ in
            try await offPool {
                let clients = try (0..<4).map { _ in try RawClient(port: port) }
                for client in clients { client.send("GET /busy HTTP/1.1\r\nHost: a\r\n\r\n") }
                gate.waitForArrivals(4)
                let refused = try once(port, get)
                #expect(refused.status == 503)
                #expect(refused["Retry-After"] == "1")
                #expect(try once(port, "GET /livez HTTP/1.1\r\nHost: a\r\n\r\n").text == "alive")
                gate.open()
                for client in clients { #expect(try client.response().text == "done") }
                // All four are idle now: the one idle for longest makes room.
                #expect(try once(port, get).status == 200)
            }
        }
    }

    @Test func cancelsTheHandlerOfAClientThatLeft() async throws {
        let gate = Gate()
        let cancelled = Mutex(0)
        let route = Route(.get, "/wait", maximumBodyBytes: 0) { _ in
            do { try await gate.pass() } catch { cancelled.withLock { $0 += 1 } }
            return .text("late")
        }
        try await withServer([route], configure: { $0.timeouts.halfClosedProbe = 0.2 }) { port, _ in
            try await offPool {
                let reset = try RawClient(port: port)
                let closed = try RawClient(port: port)
                for client in [reset, closed] { client.send("GET /wait HTTP/1.1\r\nHost: a\r\n\r\n") }
                gate.waitForArrivals(2)
                reset.resetOnClose()
            }
            for _ in 0..<30 where cancelled.withLock({ $0 }) < 2 { try await Task.sleep(for: .milliseconds(100)) }
        }
        #expect(cancelled.withLock { $0 } == 2)
    }

    @Test func finishesWhatIsInFlightBeforeItStops() async throws {
        let gate = Gate()
        let route = Route(.get, "/slow", maximumBodyBytes: 0) { _ in
            try await gate.pass()
            return .text("finished")
        }
        try await withServer(echoRoutes + [route]) { port, server in
            try await offPool {
                let idle = try RawClient(port: port)
                #expect(try idle.exchange(get).status == 200)
                let busy = try RawClient(port: port)
                busy.send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n")
                gate.waitForArrivals(1)
                server.beginGracefulShutdown()
                server.beginGracefulShutdown()
                #expect(try idle.receive() == nil)
                #expect(throws: SocketFailure.self) { try RawClient(port: port) }
                gate.open()
                let response = try busy.response()
                #expect(response.text == "finished")
                #expect(response["Connection"] == "close")
            }
        }
    }

    @Test func givesEveryDescriptorBack() async throws {
        // Sockets alone: what files the tests beside this one have open is none of its business.
        let descriptors = { @Sendable () throws -> Int in
            try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count { name in
                let target = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\(name)")
                return target?.hasPrefix("socket:") == true
            }
        }
        try await withServer { port, _ in
            try await offPool { _ = try once(port, get) }
            try await Task.sleep(for: .milliseconds(200))
            let before = try descriptors()
            try await offPool {
                for round in 0..<3_000 {
                    let client = try RawClient(port: port)
                    if round % 3 == 1 { client.send("GET / HT") }
                    if round % 3 == 2 { client.send(get) }
                    if round % 2 == 0 { client.resetOnClose() }
                }
            }
            // Tests beside this one open a few descriptors of their own.
            let expected = before + 50
            for _ in 0..<100 {
                if try descriptors() <= expected { break }
                try await Task.sleep(for: .milliseconds(100))
            }
            let after = try descriptors()
            #expect(after <= expected)
        }
    }

    @Test func mixesNoBytesBetweenConnections() async throws {
        try await withServer { port, _ in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for canary in 0..<32 {
                    group.addTask {
                        try await offPool {
                            let client = try RawClient(port: port)
                            for round in 0..<50 {
                                let text = "\(canary)-\(round)"
                                let request =
                                    "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: \(text.utf8.count)\r\n\r\n\(text)"
                                #expect(try client.exchange(request).text == text)
                            }
                        }
                    }
                }
                try await group.waitForAll()
            }
        }
    }
}
