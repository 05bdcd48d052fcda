import HTTPServer
import HTTPTypes
import Testing

private func post(_ path: String, _ fields: String, _ body: String = "") -> String {
    "POST \(path) HTTP/1.1\r\nHost: a\r\n\(fields)\r\n\(body)"
}

private let get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"

/// Request bodies on a real connection: limits, expectations, and what happens to those nobody reads.
@Suite struct BodyTests {
    @Test func readsChunkedBodies() async throws {
        try await withServer { port, _ in
            try await offPool {
                let client = try RawClient(port: port)
                client.send(post("/echo", "Transfer-Encoding: chunked\r\n", "5\r\nhel"))
                client.send("lo\r\n6;x=y\r\n world\r\n0\r\nT: v\r\n\r\n")
                #expect(try client.response().text == "hello world")
                #expect(try client.exchange(get).status == 200)
            }
        }
    }

    @Test(arguments: ["/", "/echo", "/ignore", "/nowhere"]) func answersBrokenChunksOnAnyRoute(_ path: String)
        async throws
    {
        try await withServer { port, _ in
            try await offPool {
                let client = try RawClient(port: port)
                client.send(post(path, "Transfer-Encoding: chunked\r\n", "0x5\r\nhello\r\n0\r\n\r\n\(get)"))
                let response = try client.response()
                #expect(response.status == 400)
                #expect(response["Connection"] == "close")
                #expect(try client.receive() == nil)
            }
        }
    }

    @Test func invitesTheBodyOnlyWhenItIsWanted() async throws {
        let expect = "Expect: 100-continue\r\nContent-Length: 5\r\n"
        try await withServer { port, _ in
            try await offPool {
                let invited = try RawClient(port: port)
                invited.send(post("/echo", expect))
                #expect(try invited.response().status == 100)
                invited.send("hello")
                #expect(try invited.response().text == "hello")
                #expect(try invited.exchange(get).status == 200)

                for (path, status) in [("/nowhere", 404), ("/livez", 405), ("/ignore", 200)] {
                    let client = try RawClient(port: port)
                    client.send(post(path, expect))
                    let response = try client.response()
                    #expect(response.status == status)
                    #expect(response["Connection"] == "close")
                    #expect(try client.receive() == nil)
                }

                let early = try RawClient(port: port)
                #expect(try early.exchange(post("/echo", expect, "hello")).text == "hello")
            }
        }
    }

    @Test func refusesTooMuchWithoutReadingIt() async throws {
        try await withServer { port, _ in
            try await offPool {
                let sized = try RawClient(port: port)
                sized.send(post("/", "Expect: 100-continue\r\nContent-Length: 2000000000\r\n"))
                #expect(try sized.response().status == 413)
                #expect(try sized.receive() == nil)

                let chunked = try RawClient(port: port)
                chunked.send(post("/", "Transfer-Encoding: chunked\r\n", "10001\r\n"))
                #expect(try chunked.response().status == 413)
            }
        }
    }

    @Test func letsTheClientReadTheAnswerToABodyNobodyRead() async throws {
        try await withServer { port, _ in
            try await offPool {
                let client = try RawClient(port: port)
                client.send(post("/", "Content-Length: 900000\r\n"))
                client.send([UInt8](repeating: 0x78, count: 900_000))
                #expect(try client.response().status == 413)
                #expect(try client.receive() == nil)
            }
        }
    }

    @Test(arguments: [("POST /nowhere", 404), ("POST /livez", 405), ("FOO /", 501)])
    func saysThereIsNoRouteWhateverTheBody(_ target: String, _ status: Int) async throws {
        let chunk = "10000\r\n\(String(repeating: "x", count: 65_536))\r\n"
        try await withServer { port, _ in
            try await offPool {
                let chunked = try RawClient(port: port)
                let head = "\(target) HTTP/1.1\r\nHost: a\r\n"
                chunked.send("\(head)Transfer-Encoding: chunked\r\n\r\n\(chunk)\(chunk)0\r\n\r\n")
                #expect(try chunked.response().status == status)
                #expect(try chunked.receive() == nil)
                let sized = try RawClient(port: port)
                sized.send("\(head)Content-Length: 5000000000\r\n\r\nx")
                #expect(try sized.response().status == status)
                #expect(try sized.receive() == nil)
            }
        }
    }

    @Test(arguments: ["/nowhere", "/ignore"]) func answersBeforeABodyThatNeverComes(_ path: String) async throws {
        try await withServer(configure: { $0.timeouts.bodyIdle = 60 }) { port, _ in
            try await offPool {
                let client = try RawClient(port: port)
                let response = try client.exchange(post(path, "Content-Length: 5\r\n"))
                #expect(response.status == (path == "/nowhere" ? 404 : 200))
                #expect(response["Connection"] == "close")
                #expect(try client.receive() == nil)
            }
        }
    }

    @Test func keepsTheConnectionAfterASmallBodyNobodyRead() async throws {
        try await withServer { port, _ in
            try await offPool {
                let client = try RawClient(port: port)
                #expect(try client.exchange(post("/ignore", "Content-Length: 5\r\n", "hello")).text == "ignored")
                let smuggled = "Content-Length: \(get.utf8.count)\r\n"
                #expect(try client.exchange(post("/nowhere", smuggled, get)).status == 404)
                #expect(try client.exchange("GET / HTTP/1.1\r\nHost: a\r\n\(smuggled)\r\n\(get)").text == "hello")
                #expect(try client.exchange(get).status == 200)
            }
        }
    }
}
