import HTTPServer
import Testing

private func get(_ target: String) -> String { "GET \(target) HTTP/1.1\r\nHost: a\r\n\r\n" }

/// Request lines (RFC 9112 §3).
@Suite struct RequestLineTests {
    @Test(arguments: [
        "GET  / HTTP/1.1", "GET /  HTTP/1.1", "GET\t/\tHTTP/1.1", "GET / HTTP/1.1 ", " GET / HTTP/1.1", "GET /",
        "GET / ", " / HTTP/1.1", "GET  HTTP/1.1", "GET / HTTP/1", "GET / HTTP/1.", "GET / HTTP/1.10", "GET / HTTP/01.1",
        "GET / http/1.1", "GET / HTTP/ 1.1", "GET / HTTP/1,1", "GET / XTTP/1.1", "G(T / HTTP/1.1",
        "GE\0T / HTTP/1.1", "GÉT / HTTP/1.1", "GET: / HTTP/1.1", "GET * HTTP/1.1", "GET foo/bar HTTP/1.1",
        "GET a:443 HTTP/1.1", "GET / HTTP/1.1 x", "   ", "GET / HTTP/+1.1", "GET / HTTP/1.1\u{0B}",
        "\u{FEFF}GET / HTTP/1.1",
        String(repeating: "A", count: 33) + " / HTTP/1.1", "G=T / HTTP/1.1",
    ]) func refusesMalformedLines(_ line: String) {
        Vector.refused("\(line)\r\nHost: a\r\n\r\n", 400).check()
    }

    @Test(arguments: ["HTTP/0.9", "HTTP/1.2", "HTTP/2.0", "HTTP/9.9", "HTTP/3.0"]) func knowsTwoVersions(
        _ version: String
    ) {
        Vector.refused("GET / \(version)\r\nHost: a\r\n\r\n", 505).check()
    }

    @Test func refusesOtherProtocols() {
        Vector.refused("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505).check()
        Vector.refused(bytes: [0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00], 400).check()
        Vector.refused("CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n", 501).check()
    }

    @Test(arguments: [
        "/#frag", "/a\u{01}", "/a\u{7f}", "/é", "/a\\b", "/<", "/>", "/\"", "/{", "/}", "/|", "/^", "/`", "/%", "/%4",
        "/%zz",
        "/%00", "/%0d%0a", "/%c0%af", "/?a=%", "/?a=%ff", "/%7f", "ftp://a/", "http:///p", "http://u@a/p",
        "http://a:0/p",
        "http://a:65536/p", "http://a:x/p", "http://b/p", "//%zz", "https:/",
    ]) func refusesTargets(_ target: String) {
        Vector.refused(get(target), 400).check()
    }

    @Test func decodesPathAndQueryOnce() throws {
        let head = try #require(parse(get("/v1/a%20b/%252e%2e/%2F?x=1+2&y=%3D&&flag")).first)
        #expect(head.path == "/v1/a%20b/%252e%2e/%2F")
        #expect(head.segments == ["v1", "a b", "%2e.", "/"])
        #expect(head.query == [QueryItem("x", "1 2"), QueryItem("y", "="), QueryItem("flag", "")])
    }

    @Test func readsAbsoluteForm() throws {
        #expect(parse("GET http://a/p?q HTTP/1.1\r\nHost: a\r\n\r\n").first?.path == "/p")
        #expect(parse("GET HTTP://A HTTP/1.1\r\nHost: a\r\n\r\n").first?.path == "/")
        #expect(parse("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n").first?.path == "*")
    }

    @Test func boundsTheLineBeforeItEnds() {
        #expect(parse(get("/" + String(repeating: "a", count: 8_000))).count == 1)
        let atLimit = "/" + String(repeating: "a", count: 8_192 - "GET / HTTP/1.1".utf8.count)
        Vector.accepted(get(atLimit)).check()
        Vector.refused(get(atLimit + "a"), 414).check()
        Vector.refused("GET /" + String(repeating: "a", count: 20_000), 414).check()
        Vector.refused(String(repeating: "A", count: 20_000), 400).check()
    }

    @Test func toleratesAFewEmptyLinesBeforeARequest() {
        Vector.accepted("\r\n" + get("/") + "\r\n" + get("/"), "", "").check()
        Vector.accepted("\r\n\r\n" + get("/")).check()
        Vector.refused("\r\n\r\n\r\n" + get("/"), 400).check()
        Vector.refused("\n" + get("/"), 400).check()
        Vector.refused(" \r\n" + get("/"), 400).check()
    }

    private func parse(_ text: String) -> [RequestHead] {
        var replay = Replay()
        replay.receive(Array(text.utf8))
        return replay.heads
    }
}
