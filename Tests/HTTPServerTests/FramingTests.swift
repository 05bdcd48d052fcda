import HTTPServer
import Testing

private let chunked = "Transfer-Encoding: chunked\r\n"
private let end = "0\r\n\r\n"
private let next = "GET /x HTTP/1.1\r\nHost: a\r\n\r\n"

private func post(_ fields: String, _ body: String = "", version: String = "1.1") -> String {
    "POST / HTTP/\(version)\r\nHost: a\r\n\(fields)\r\n\(body)"
}

/// How the end of a body is found, and every way two readers could disagree about it (RFC 9112 §6).
@Suite struct FramingTests {
    @Test(arguments: [
        Vector.refused(post("Content-Length: 5\r\n" + chunked, end), 400),
        .refused(post(chunked + "Content-Length: 5\r\n", end), 400),
        .refused(post("content-length: 5\r\nTRANSFER-ENCODING: chunked\r\n", end), 400),
        .refused(post("Content-Length: 5\r\n" + chunked, end + next), 400),
        .refused(post("Content-Length: 0\r\n" + chunked, end), 400),
        .refused(post("Content-Length: 13\r\n" + chunked, "0\r\n\r\nGET /admin HTTP/1.1\r\nHost: a\r\n\r\n"), 400),
        .refused(post(chunked + "Content-Length: 4\r\n", "5c\r\nGET /admin HTTP/1.1\r\n\r\n0\r\n\r\n"), 400),
        .refused(post(chunked, end, version: "1.0"), 400),
    ]) func refusesTwoFramings(_ vector: Vector) {
        vector.check()
    }

    @Test(arguments: [
        "+5", "-5", "-0", "0x5", "0o5", "5 5", "5_0", "1e1", "５", "", "\u{0B}5", "5, 5", "0005", "00", "5;", "\u{A0}5",
        "5.0",
    ]) func refusesLengthsThatAreNotPlainDecimals(_ value: String) {
        Vector.refused(post("Content-Length: \(value)\r\n", "hello"), 400).check()
    }

    @Test(arguments: [
        "9223372036854775808", "18446744073709551615", "18446744073709551621", String(repeating: "9", count: 40),
        "9223372036854775807",
    ]) func refusesLengthsBeyondAnyBody(_ value: String) {
        Vector.refused(post("Content-Length: \(value)\r\n", "hello"), 413).check()
    }

    @Test(arguments: [
        Vector.refused(post("Content-Length: 5\r\nContent-Length: 6\r\n", "hello"), 400),
        .refused(post("Content-Length: 5\r\nContent-Length: 5\r\n", "hello"), 400),
        .refused(post("Content-Length: 5\r\ncontent-length: 5\r\n", "hello"), 400),
        .refused(post("Content-Length : 5\r\n", "hello"), 400),
        .refused(post("Content-Length\t: 5\r\n", "hello"), 400),
    ]) func refusesLengthsGivenTwiceOrOddly(_ vector: Vector) {
        vector.check()
    }

    @Test(arguments: [
        chunked + chunked, chunked + "Transfer-Encoding: identity\r\n", "Transfer-Encoding: identity\r\n" + chunked,
        "Transfer-Encoding: chunked, chunked\r\n", "Transfer-Encoding: chunked, gzip\r\n", "Transfer-Encoding:\r\n",
        "Transfer-Encoding:    \r\n", "Transfer-Encoding: chunked;q=1\r\n", "Transfer-Encoding: \"chunked\"\r\n",
        "Transfer-Encoding: , chunked\r\n", "Transfer-Encoding: chunked,\r\n", "Transfer-Encoding:\r\n chunked\r\n",
        "Transfer-Encoding: \u{0B}chunked\r\n", "Transfer-Encoding: chunked\u{0C}\r\n",
        "Transfer-Encoding: chunked\u{A0}\r\n", "Transfer-Encoding: \u{85}chunked\r\n",
        "Transfer-Encoding: chunked\0\r\n", "Transfer-Encoding: chun\u{212A}ed\r\n", "Transfer-Encoding : chunked\r\n",
    ]) func refusesCodingsThatAreNotJustChunked(_ fields: String) {
        Vector.refused(post(fields, end), 400).check()
    }

    @Test(arguments: ["gzip, chunked", "identity", "xchunked", "chunkedfoo", "gzip"])
    func doesNotKnowOtherCodings(_ value: String) {
        Vector.refused(post("Transfer-Encoding: \(value)\r\n", end), 501).check()
    }

    @Test(arguments: [
        Vector.accepted(post("Content-Length: 5\r\n", "hello"), "hello"),
        .accepted(post("Content-Length: 0\r\n"), ""),
        .accepted(post("Content-Length: 5\r\n", "hello", version: "1.0"), "hello"),
        .accepted(post("Content_Length: 5\r\n"), ""),
        .accepted(post("Transfer_Encoding: chunked\r\nContent-Length: 5\r\n", "hello"), "hello"),
        .accepted(post("Transfer-Encoding: Chunked\r\n", "5\r\nhello\r\n" + end), "hello"),
        .accepted(post("TRANSFER-ENCODING:\tchunked \r\n", end), ""),
        .accepted("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: \(next.utf8.count)\r\n\r\n\(next)", next),
        .accepted(post("Content-Length: 5\r\n", "hello" + next), "hello", ""),
    ]) func findsTheEndOfTheBody(_ vector: Vector) {
        vector.check()
    }

    @Test func refusesWhatFollowsAnEmptyBodyAndIsNoRequest() {
        Vector.refused(post("Content-Length: 0\r\n", "hello\r\n\r\n"), 400, after: [""]).check()
    }

    @Test func refusesAnAnnouncedBodyOverTheLimit() {
        Vector.refused(post("Content-Length: 1001\r\n"), 413).check(maximumBytes: 1_000)
        Vector.accepted(
            post("Content-Length: 1000\r\n", String(repeating: "x", count: 1_000)), String(repeating: "x", count: 1_000)
        )
        .check(maximumBytes: 1_000)
    }
}
