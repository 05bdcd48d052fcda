import HTTPServer
import TestSupport
import Testing

/// Properties that hold for any bytes at all.
@Suite struct MutationTests {
    private static let seeds = [
        "GET /a/b%20c?x=1&y=2 HTTP/1.1\r\nHost: example.org:80\r\nAccept: */*\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\nExpect: 100-continue\r\n\r\nhello world",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5;a=b\r\nhello\r\n1\r\n!\r\n0\r\nX: y\r\n\r\n",
        "OPTIONS * HTTP/1.1\r\nHost: [::1]\r\nConnection: close, x\r\n\r\nGET http://a/ HTTP/1.0\r\nHost: a\r\n\r\n",
    ]

    /// Pieces that have confused parsers before.
    private static let splices = [
        "\r\n", "\n", "\r", "\0", " ", "\t", ":", ";", "%", "0", "Content-Length: 5\r\n",
        "Transfer-Encoding: chunked\r\n",
        "-", "+", "0x", "FFFFFFFFFFFFFFFF", "18446744073709551616", "Host: b\r\n", "HTTP/1.1", "\u{212A}", "é", "//",
        "*",
    ].map { Array($0.utf8) }

    @Test(arguments: 0..<8) func neverDependsOnHowBytesArrive(seed: Int) {
        var generator = SeededGenerator(seed: UInt64(seed))
        for _ in 0..<400 {
            let bytes = Self.mutant(&generator)
            let whole = Replay.events(of: [bytes[...]])
            let cuts = (0..<4).map { _ in Int.random(in: 0...bytes.count, using: &generator) }.sorted()
            let bounds = zip([0] + cuts, cuts + [bytes.count])
            #expect(
                Replay.events(of: bounds.map { bytes[$0..<$1] }) == whole, "\(String(decoding: bytes, as: UTF8.self))")
            for case .rejected(let status) in whole { #expect((400..<600).contains(status)) }
            let refusal = whole.firstIndex { if case .rejected = $0 { true } else { false } }
            #expect(refusal == nil || refusal == whole.count - 1, "nothing follows a refusal")
        }
    }

    @Test func acceptsItsSeeds() {
        for seed in Self.seeds {
            for event in Replay.events(of: [Array(seed.utf8)[...]]) {
                guard case .request = event else {
                    Issue.record("\(event) for \(seed)")
                    continue
                }
            }
        }
    }

    private static func mutant(_ generator: inout SeededGenerator) -> [UInt8] {
        var bytes = Array((seeds.randomElement(using: &generator) ?? "").utf8)
        for _ in 0..<Int.random(in: 1...4, using: &generator) {
            let place = Int.random(in: 0...bytes.count, using: &generator)
            let end = min(bytes.count, place + Int.random(in: 0...8, using: &generator))
            switch Int.random(in: 0..<5, using: &generator) {
            case 0: bytes.removeSubrange(place..<end)
            case 1: bytes.insert(contentsOf: bytes[place..<end], at: Int.random(in: 0...bytes.count, using: &generator))
            case 2: bytes.insert(contentsOf: splices.randomElement(using: &generator) ?? [], at: place)
            case 3: bytes.insert(UInt8.random(in: 0...255, using: &generator), at: place)
            default: if place < bytes.count { bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator) }
            }
        }
        return bytes
    }
}
