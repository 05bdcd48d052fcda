import HTTPServer
import HTTPTypes
import Testing

private func post(_ path: String, _ fields: String, _ body: String = "") -> String {
    "POST \(path) HTTP/1.1\r\nHost: a\r\n\(fields)\r\n\(body)"
}

/// How a handler's reading and a client's sending wait for each other, and how such a wait ends.
@Suite struct BodyReadingTests {
    @Test func pausesAClientThatSendsFasterThanTheHandlerReads() async throws {
        let gate = Gate()
        let routes = [
            Route(.post, "/slow", maximumBodyBytes: 256 << 20) { request in
                try await gate.pass()
                var count = 0
                for try await piece in request.body { count += piece.count }
                return .text("\(count)")
            }
        ]
        try await withServer(routes) { port, _ in
            try await offPool {
                let count = 100_000_000
                let client = try RawClient(port: port)
                client.send(post("/slow", "Content-Length: \(count)\r\n"))
                gate.waitForArrivals(1)
                // The kernels of both sides hold some megabytes, the server 128 KiB.
                let held = client.sendUntilItStalls([UInt8](repeating: 1, count: count))
                #expect(held < 40_000_000)
                gate.open()
                client.send([UInt8](repeating: 1, count: count - held))
                #expect(try client.response().text == "\(count)")
            }
        }
    }

    @Test func endsTheWaitOfATaskThatIsCancelled() async throws {
        let route = Route(.post, "/", maximumBodyBytes: 100) { request in
            let reader = Task { try await request.body.collect() }
            try await Task.sleep(for: .milliseconds(100))
            reader.cancel()
            guard case .failure(let error) = await reader.result else { return .text("read") }
            return .text(error is CancellationError ? "given up" : "\(error)")
        }
        try await withServer([route]) { port, _ in
            try await offPool {
                let client = try RawClient(port: port)
                #expect(try client.exchange(post("/", "Content-Length: 5\r\n", "hel")).text == "given up")
            }
        }
    }

    @Test func endsTheWaitOfATaskThatOutlivesItsHandler() async throws {
        let readers = Claims()
        let route = Route(.post, "/", maximumBodyBytes: 100) { request in
            let reader = readers.make()
            Task {
                _ = try? await request.body.collect()
                withExtendedLifetime(reader) {}
            }
            // So that the reader waits by now; if it does not, it finds the exchange over.
            try await Task.sleep(for: .milliseconds(100))
            return .text("done")
        }
        try await withServer([route]) { port, _ in
            try await offPool {
                let client = try RawClient(port: port)
                let response = try client.exchange(post("/", "Content-Length: 5\r\n", "hel"))
                #expect(response.text == "done")
                #expect(response["Connection"] == "close")
                #expect(readers.waitUntilNoneIsHeld())
            }
        }
    }
}
