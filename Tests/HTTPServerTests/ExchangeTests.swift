import HTTPServer
import HTTPTypes
import Testing

/// Whole exchanges over a real socket.
@Suite struct ExchangeTests {
    @Test func answersGetAndKeepsTheConnection() async throws {
        try await withServer { port, _ in
            try await offPool {
                let client = try RawClient(port: port)
                for _ in 0..<3 {
                    let response = try client.exchange("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
                    #expect(response.status == 200)
                    #expect(response.text == "hello")
                    #expect(response["Content-Length"] == "5")
                    #expect(response["Date"]?.hasSuffix(" GMT") == true)
                    #expect(response["Connection"] == nil)
                    #expect(response["X-Request-ID"]?.count == 16)
                }
            }
        }
    }

    @Test func answersPipelinedRequestsInOrder() async throws {
        try await withServer(configure: { $0.limits.requestsPerConnection = 1_001 }) { port, _ in
            try await offPool {
                let client = try RawClient(port: port)
                let requests = (0..<1_000).map { "GET /items/\($0) HTTP/1.1\r\nHost: a\r\n\r\n" }
                client.send(requests.joined())
                for number in 0..<1_000 {
                    #expect(try client.response().text == "\(number)")
                }
            }
        }
    }

    @Test(arguments: [0, 1, 1_000, 100_000, 5_000_000]) func echoesSizedBodies(count: Int) async throws {
        let content = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }
        try await withServer { port, _ in
            try await offPool {
                let client = try RawClient(port: port)
                client.send(Array("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: \(count)\r\n\r\n".utf8) + content)
                #expect(try client.response().content == content)
                #expect(try client.exchange("GET / HTTP/1.1\r\nHost: a\r\n\r\n").status == 200)
            }
        }
    }

    @Test func answersHeadWithoutContent() async throws {
        try await withServer { port, _ in
            try await offPool {
                let client = try RawClient(port: port)
                let response = try client.exchange("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n")
                #expect(response.status == 200)
                #expect(response["Content-Length"] == "5")
                #expect(try client.exchange("GET / HTTP/1.1\r\nHost: a\r\n\r\n").text == "hello")
            }
        }
    }

    @Test func closesAfterAMalformedRequest() async throws {
        try await withServer { port, _ in
            try await offPool {
                let client = try RawClient(port: port)
                client.send("GET  / HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n")
                let response = try client.response()
                #expect(response.status == 400)
                #expect(response["Connection"] == "close")
                #expect(response["Content-Type"] == "application/problem+json")
                #expect(try client.receive() == nil)
            }
        }
    }
}
