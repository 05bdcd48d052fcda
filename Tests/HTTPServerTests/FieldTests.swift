import HTTPServer
import HTTPTypes
import Testing

/// Header fields (RFC 9110 §5, RFC 9112 §5).
@Suite struct FieldTests {
    @Test(arguments: [
        "", "Host: a\r\nHost: a\r\n", "Host: a\r\nHost: b\r\n", "Host:\r\n", "Host: a, b\r\n", "Host: a,b\r\n",
        "Host: u@a\r\n",
        "Host: a/p\r\n", "Host: a b\r\n", "Host: [::1\r\n", "Host: []\r\n", "Host: [::1]x\r\n", "Host: a:99999\r\n",
        "Host: a:0\r\n", "Host: a:x\r\n", "Host: a:1:2\r\n", "Host: é\r\n", "Host: ::1\r\n",
    ]) func refusesHosts(_ fields: String) {
        Vector.refused("GET / HTTP/1.1\r\n\(fields)\r\n", 400).check()
    }

    @Test(arguments: ["a", "example.org", "127.0.0.1:8080", "[::1]", "[::1]:8080", "a:65535", "xn--4ca.x_y"])
    func acceptsHosts(_ host: String) {
        Vector.accepted("GET / HTTP/1.1\r\nHost: \(host)\r\n\r\n").check()
    }

    @Test func needsNoHostInHTTP10() {
        Vector.accepted("GET / HTTP/1.0\r\n\r\n").check()
    }

    @Test(arguments: [
        "X: a\r\n b", "X: a\r\n\tb", ": v", "abc", "X Y: v", "X[]: v", "ïX: v", "X\0: v", "X\t: v", "\"X\": v", "X : v",
        "X: \0", "X: a\rb", "X: a\nb", "X: \u{01}", "X: \u{08}", "X: \u{0B}", "X: \u{1F}", "X: \u{7F}",
        "Content-Type: a\r\nContent-Type: a", "Authorization: a\r\nauthorization: b",
        "Expect: 100-continue\r\nExpect: 100-continue",
        "Idempotency-Key: a\r\nIdempotency-Key: a",
    ]) func refusesLines(_ line: String) {
        Vector.field(line, 400).check()
    }

    @Test func refusesSpaceBeforeTheFirstField() {
        Vector.refused("GET / HTTP/1.1\r\n Host: a\r\n\r\n", 400).check()
        Vector.refused("GET / HTTP/1.1\r\n\tHost: a\r\n\r\n", 400).check()
    }

    @Test(arguments: [
        "GET / HTTP/1.1\nHost: a\n\n", "GET / HTTP/1.1\r\nHost: a\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\n\n",
        "GET / HTTP/1.1\rHost: a\r\r", "GET / HTTP/1.1\nHost: a\r\n\r\n",
    ]) func endsLinesInCRLFOnly(_ text: String) {
        Vector.refused(text, 400).check()
    }

    @Test func trimsSpaceAndTabOnly() throws {
        let fields = try #require(parse("X:v\r\nY:   v w  \r\nZ:\tv\t\r\nE:\r\nO: \u{A0}\r\n")).headerFields
        #expect(fields[try #require(HTTPField.Name("x"))] == "v")
        #expect(fields[try #require(HTTPField.Name("Y"))] == "v w")
        #expect(fields[try #require(HTTPField.Name("Z"))] == "v")
        #expect(fields[try #require(HTTPField.Name("E"))] == "")
        #expect(fields[try #require(HTTPField.Name("O"))] == "\u{A0}")
    }

    @Test func joinsRepeatedFieldsInOrder() throws {
        let fields = try #require(parse("Accept: a\r\naccept: b\r\n")).headerFields
        #expect(fields[.accept] == "a, b")
    }

    @Test func boundsTheNumberOfFields() {
        let lines = { (count: Int) in (0..<count).map { "X\($0): y\r\n" }.joined() }
        Vector.accepted("GET / HTTP/1.1\r\nHost: a\r\n\(lines(99))\r\n").check()
        Vector.refused("GET / HTTP/1.1\r\nHost: a\r\n\(lines(100))\r\n", 431).check()
        Vector.refused("GET / HTTP/1.1\r\nHost: a\r\n\(lines(2_000))\r\n", 431).check()
    }

    @Test func boundsFieldsAndHeadBeforeTheyEnd() {
        let text = { (count: Int) in String(repeating: "y", count: count) }
        Vector.accepted("GET / HTTP/1.1\r\nHost: a\r\nX: \(text(8_192))\r\n\r\n").check()
        Vector.field("X: \(text(8_193))", 431).check()
        Vector.field("\(text(257)): x", 431).check()
        Vector.refused("GET / HTTP/1.1\r\nHost: a\r\nX: \(text(100_000))", 431).check()
        Vector.refused("GET / HTTP/1.1\r\nHost: a\r\n\(text(100_000))", 431).check()
        let rest = 16_384 - "GET / HTTP/1.1\r\nHost: a\r\nX: \(text(8_190))\r\nY: \r\n\r\n".utf8.count
        let head = { (count: Int) in "GET / HTTP/1.1\r\nHost: a\r\nX: \(text(8_190))\r\nY: \(text(count))\r\n\r\n" }
        Vector.accepted(head(rest)).check()
        Vector.refused(head(rest + 1), 431).check()
    }

    @Test(arguments: [
        ("close", false), ("CLOSE", false), ("x, close", false), ("close\t", false), ("keep-alive", true), ("x", true),
    ])
    func readsPersistence(_ value: String, _ keepsAlive: Bool) throws {
        #expect(try #require(parse("Connection: \(value)\r\n")).keepsAlive == keepsAlive)
    }

    @Test func closesHTTP10UnlessAsked() throws {
        #expect(try #require(parse("", version: "1.0")).keepsAlive == false)
        #expect(try #require(parse("Connection: Keep-Alive\r\n", version: "1.0")).keepsAlive)
    }

    @Test func understandsOneExpectation() throws {
        #expect(try #require(parse("Expect: 100-Continue\r\n")).expectsContinue)
        #expect(try #require(parse("Expect: 100-continue\r\n", version: "1.0")).expectsContinue == false)
        Vector.field("Expect: foo", 417).check()
    }

    private func parse(_ fields: String, version: String = "1.1") -> RequestHead? {
        var replay = Replay()
        replay.receive(Array("GET / HTTP/\(version)\r\nHost: a\r\n\(fields)\r\n".utf8))
        return replay.heads.first
    }
}
