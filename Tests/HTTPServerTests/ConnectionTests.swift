import Foundation
import HTTPServer
import HTTPTypes
import Testing

private let get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"

/// Keeps interim responses, which ask a client that finished sending whether it still listens, out of what a test reads.
private func withoutProbe(_ configuration: inout HTTPServer.Configuration) {
    configuration.timeouts.halfClosedProbe = 60
}

/// What a connection does between, before and after requests.
@Suite struct ConnectionTests {
    @Test(arguments: ["close", "CLOSE", "x, close", "close\t"]) func closesWhenAsked(_ option: String) async throws {
        try await withServer { port, _ in
            try await offPool {
                let client = try RawClient(port: port)
                client.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: \(option)\r\n\r\n\(get)")
                #expect(try client.response()["Connection"] == "close")
                #expect(try client.receive() == nil)
            }
        }
    }

    @Test func speaksHTTP10() async throws {
        try await withServer { port, _ in
            try await offPool {
                let single = try RawClient(port: port)
                #expect(try single.exchange("GET / HTTP/1.0\r\n\r\n")["Connection"] == "close")
                #expect(try single.receive() == nil)
                let kept = try RawClient(port: port)
                let request = "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"
                #expect(try kept.exchange(request)["Connection"] == "keep-alive")
                #expect(try kept.exchange(request).status == 200)
            }
        }
    }

    @Test func answersAClientThatFinishedSending() async throws {
        try await withServer(configure: withoutProbe) { port, _ in
            try await offPool {
                let client = try RawClient(port: port)
                client.send(get + get)
                client.finish()
                #expect(try client.response().status == 200)
                #expect(try client.response().status == 200)
                #expect(try client.receive() == nil)
            }
        }
    }

    @Test(arguments: ["G", "GET / HTTP/1.1\r\nHos", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhel"])
    func closesWhenAClientLeavesInTheMiddle(_ part: String) async throws {
        try await withServer(configure: withoutProbe) { port, _ in
            try await offPool {
                let client = try RawClient(port: port)
                client.send(part)
                client.finish()
                let rest = try client.receiveAll()
                #expect(rest.isEmpty || Response.parse(rest)?.0.status == 400)
            }
        }
    }

    @Test func saysCloseOnTheLastRequestAllowed() async throws {
        try await withServer(configure: { $0.limits.requestsPerConnection = 3 }) { port, _ in
            try await offPool {
                let client = try RawClient(port: port)
                client.send(get + get + get + get)
                #expect(try client.response()["Connection"] == nil)
                #expect(try client.response()["Connection"] == nil)
                #expect(try client.response()["Connection"] == "close")
                #expect(try client.receive() == nil)
            }
        }
    }

    @Test func ignoresUpgrades() async throws {
        try await withServer { port, _ in
            try await offPool {
                let client = try RawClient(port: port)
                let upgrade = "GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: h2c\r\n\r\n"
                #expect(try client.exchange(upgrade).status == 200)
                #expect(try client.exchange(get).status == 200)
            }
        }
    }

    @Test func listensOnIPv6() async throws {
        try await withServer(configure: { $0.host = "::1" }) { port, _ in
            let response = try await offPool { try once(port, host: "::1", get) }
            #expect(response.text == "hello")
        }
    }

    @Test func saysWhichCallFailedWhenThePortIsTaken() async throws {
        try await withServer { port, _ in
            var configuration = HTTPServer.Configuration()
            configuration.port = port
            let second = HTTPServer(configuration: configuration, routes: [], logger: .init(label: "test"))
            let error = await #expect(throws: ListenError.self) { try await second.run { _ in } }
            #expect(error?.call == "bind")
            #expect(error?.address == "127.0.0.1:\(port)")
            #expect(error?.description.contains("choose another port") == true)
        }
    }

    @Test func listensOnTheFirstAddressThatIsFree() async throws {
        try await withServer { port, _ in
            let taken = SocketAddress(host: "127.0.0.1", port: port)
            let free = SocketAddress(host: "::1", port: 0)
            let both = try ResolvedAddress.all(of: taken) + ResolvedAddress.all(of: free)
            #expect(throws: Never.self) { try Socket.listening(onFirstOf: both, named: free, backlog: 1) }
            let none = try ResolvedAddress.all(of: taken)
            #expect(throws: ListenError.self) { try Socket.listening(onFirstOf: none, named: taken, backlog: 1) }
        }
    }

    @Test func refusesAnAddressThatIsNotOne() async throws {
        var configuration = HTTPServer.Configuration()
        configuration.host = "256.1.1.1"
        let server = HTTPServer(configuration: configuration, routes: [], logger: .init(label: "test"))
        let error = await #expect(throws: ListenError.self) { try await server.run { _ in } }
        #expect(error?.call == "getaddrinfo")
    }
}
