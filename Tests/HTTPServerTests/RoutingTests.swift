import Foundation
import HTTPServer
import HTTPTypes
import Testing

private func request(_ method: String, _ target: String, _ fields: String = "", _ body: String = "") -> String {
    "\(method) \(target) HTTP/1.1\r\nHost: a\r\n\(fields)\r\n\(body)"
}

/// Which handler, or which of the server's own answers, a request gets.
@Suite struct RoutingTests {
    @Test func answersWhatNoRouteHas() async throws {
        try await withServer { port, _ in
            try await offPool {
                let client = try RawClient(port: port)
                #expect(try client.exchange(request("GET", "/nowhere")).status == 404)
                #expect(try client.exchange(request("FOO", "/")).status == 501)
                #expect(try client.exchange(request("get", "/")).status == 501)
                let trace = try client.exchange(request("TRACE", "/"))
                #expect(trace.status == 405)
                #expect(trace["Allow"] == "GET, HEAD, OPTIONS, POST")
                #expect(try client.exchange(request("TRACE", "/nowhere")).status == 404)
                let response = try client.exchange(request("DELETE", "/"))
                #expect(response.status == 405)
                #expect(response["Allow"] == "GET, HEAD, OPTIONS, POST")
                #expect(try client.exchange(request("GET", "/")).status == 200)
            }
        }
    }

    @Test func answersOptions() async throws {
        try await withServer { port, _ in
            try await offPool {
                let client = try RawClient(port: port)
                let path = try client.exchange(request("OPTIONS", "/items/3"))
                #expect(path.status == 204)
                #expect(path["Allow"] == "GET, HEAD, OPTIONS")
                #expect(path["Content-Length"] == nil)
                #expect(try client.exchange(request("OPTIONS", "*"))["Allow"] == "GET, HEAD, OPTIONS, POST")
            }
        }
    }

    @Test func matchesDecodedSegments() async throws {
        try await withServer { port, _ in
            try await offPool {
                let client = try RawClient(port: port)
                #expect(try client.exchange(request("GET", "/items/a%20b")).text == "a b")
                #expect(try client.exchange(request("GET", "/items/%2e%2e%2fetc")).text == "../etc")
                #expect(try client.exchange(request("GET", "/items/")).status == 404)
                #expect(try client.exchange(request("GET", "/items/../livez")).status == 404)
                #expect(try client.exchange(request("GET", "//livez")).status == 404)
                #expect(try client.exchange(request("GET", "http://a/livez")).text == "alive")
            }
        }
    }

    @Test func prefersLiteralSegments() async throws {
        let routes = [
            Route(.get, "/a/{x}", maximumBodyBytes: 0) { .text("parameter \($0.pathParameters["x"] ?? "")") },
            Route(.get, "/a/b", maximumBodyBytes: 0) { _ in .text("literal") },
        ]
        try await withServer(routes) { port, _ in
            try await offPool {
                let client = try RawClient(port: port)
                #expect(try client.exchange(request("GET", "/a/b")).text == "literal")
                #expect(try client.exchange(request("GET", "/a/c")).text == "parameter c")
            }
        }
    }

    @Test func echoesAPlainRequestID() async throws {
        try await withServer { port, _ in
            try await offPool {
                let client = try RawClient(port: port)
                let echoed = try client.exchange(request("GET", "/", "X-Request-ID: abc-123\r\n"))
                #expect(echoed["X-Request-ID"] == "abc-123")
                let replaced = try client.exchange(request("GET", "/", "X-Request-ID: a b\r\n"))
                #expect(replaced["X-Request-ID"]?.count == 16)
            }
        }
    }

    @Test func describesProblems() async throws {
        struct Content: Decodable, Equatable { let type, title: String, status: Int, request_id: String }
        try await withServer { port, _ in
            try await offPool {
                let client = try RawClient(port: port)
                let response = try client.exchange(request("GET", "/nowhere", "X-Request-ID: seven\r\n"))
                #expect(response["Content-Type"] == "application/problem+json")
                let problem = try JSONDecoder().decode(Content.self, from: Data(response.content))
                #expect(problem == Content(type: "about:blank", title: "Not Found", status: 404, request_id: "seven"))
            }
        }
    }
}
