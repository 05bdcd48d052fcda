import TestSupport
import Testing

@Suite(.timeLimit(.minutes(1))) struct StopTests {
    @Test func finishesTheRequestInFlightAndTakesNoOther() async throws {
        let server = try await ServedModel()
        let client = try Client(port: server.port)
        let idle = try Client(port: server.port)
        await idle.send(Array("GET /livez HTTP/1.1\r\nHost: a\r\n\r\n".utf8))
        #expect(await idle.answer()?.status == 200)
        let request = try Request.image("ycc420.jpg").bytes
        await client.send(Array(request.prefix(request.count - 100)))
        await idle.send(Array("GET /readyz HTTP/1.1\r\nHost: a\r\n\r\n".utf8))
        #expect(await idle.answer()?.status == 200)
        server.terminate()
        #expect(await idle.ends())
        #expect(throws: SocketFailure.self) { try Client(port: server.port) }
        await client.send(Array(request.suffix(100)))
        let answer = try #require(await client.answer())
        #expect(answer.status == 200)
        #expect(answer.fields["connection"] == "close")
        #expect(try await server.status() == 0)
    }
}
