import HTTPServer
import Testing

private func post(_ body: String) -> String {
    "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n\(body)"
}

/// The chunked transfer coding (RFC 9112 §7.1).
@Suite struct ChunkedTests {
    @Test(arguments: [
        Vector.accepted(post("5\r\nhello\r\n0\r\n\r\n"), "hello"),
        .accepted(post("00005\r\nhello\r\n0\r\n\r\n"), "hello"),
        .accepted(post("0000000000000005\r\nhello\r\n0\r\n\r\n"), "hello"),
        .accepted(post("A\r\n0123456789\r\na\r\n0123456789\r\n0\r\n\r\n"), "01234567890123456789"),
        .accepted(post("000\r\n\r\n"), ""),
        .accepted(post("5;a=b\r\nhello\r\n0;x\r\n\r\n"), "hello"),
        .accepted(post("5;a=\"q;\\\"x\"\r\nhello\r\n0\r\n\r\n"), "hello"),
        .accepted(post("5\r\nhello\r\n0\r\nX: y\r\nZ: \r\n\r\n"), "hello"),
        .accepted(post("2\r\n\r\n\r\n0\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"), "\r\n", ""),
    ]) func decodes(_ vector: Vector) {
        vector.check()
    }

    @Test(arguments: [
        "0x5", "+5", "-5", "0_5", " 5", "5 ", "5\t", "5 abc", "", ";a", "g", "5,", "FFFFFFFFFFFFFFFFF",
        "00000000000000005",
        "5;", "5;=b", "5;a[", "5;a\0b", "5;a\rb", "5;a\nb", "5;a=", "5;a=\"b", "5;a=\"b\\", "5;a=b c",
    ]) func refusesSizeLines(_ line: String) {
        Vector.chunked("\(line)\r\nhello\r\n0\r\n\r\n", 400).check()
    }

    @Test(arguments: ["7FFFFFFFFFFFFFFF", "FFFFFFFFFFFFFFFF", "8000000000000000", "F4241"])
    func refusesSizesBeyondTheLimit(_ size: String) {
        Vector.chunked("\(size)\r\nhello", 413).check()
    }

    @Test(arguments: [
        "5\nhello\r\n0\r\n\r\n", "5\rhello\r\n0\r\n\r\n", "5\r\nhelloXX0\r\n\r\n", "5\r\nhello\n0\r\n\r\n",
        "5\r\nhello0\r\n\r\n", "5\r\nhelloXX\r\n0\r\n\r\n", "5\r\nhello\r\r0\r\n\r\n", "0\n\n", "0\r\n\n", "0\n\r\n",
        "5\r\nhello\r\n0\r\nbad name: x\r\n\r\n", "5\r\nhello\r\n0\r\nnocolon\r\n\r\n", "0\r\nX: \u{01}\r\n\r\n",
        "0\r\nContent-Length: 5\r\n\r\n", "0\r\nTransfer-Encoding: chunked\r\n\r\n", "0\r\nhost: b\r\n\r\n",
        "0\r\n folded: x\r\n\r\n",
    ]) func refusesBrokenFraming(_ body: String) {
        Vector.chunked(body, 400).check()
    }

    @Test func boundsExtensions() {
        Vector.chunked("5;a=" + String(repeating: "b", count: 65_536) + "\r\nhello\r\n0\r\n\r\n", 400).check()
        let chunk = "100;a=" + String(repeating: "b", count: 250) + "\r\n" + String(repeating: "x", count: 256) + "\r\n"
        Vector.chunked(String(repeating: chunk, count: 100) + "0\r\n\r\n", 400).check()
    }

    @Test func refusesMoreFramingThanPayload() {
        Vector.chunked(String(repeating: "1\r\nx\r\n", count: 70_000) + "0\r\n\r\n", 400).check()
    }

    @Test func acceptsSmallChunksWithinReason() {
        let count = 10_000
        Vector.accepted(
            post(String(repeating: "1\r\nx\r\n", count: count) + "0\r\n\r\n"), String(repeating: "x", count: count)
        )
        .check()
    }

    @Test func boundsTrailers() {
        let lines = { (count: Int) in String(repeating: "X: y\r\n", count: count) }
        Vector.accepted(post("0\r\n\(lines(64))\r\n"), "").check()
        Vector.chunked("0\r\n\(lines(65))\r\n", 431).check()
        let long = "X: " + String(repeating: "y", count: 5_000) + "\r\n"
        Vector.chunked("0\r\n\(long)\(long)\(long)\(long)\r\n", 431).check()
        Vector.chunked("0\r\nX: \(String(repeating: "y", count: 100_000))", 431).check()
    }
}
