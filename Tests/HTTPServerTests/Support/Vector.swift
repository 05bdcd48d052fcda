import HTTPServer
import Testing

/// Bytes a client sends and what a strict server makes of them.
struct Vector: Sendable, CustomTestStringConvertible {
    let name: String
    let bytes: [UInt8]
    /// The bodies of the requests accepted before the end or the refusal.
    let bodies: [String]
    /// The statuses of which one refuses the rest; empty when everything is accepted.
    let statuses: [Int]

    var testDescription: String { name }

    /// Bytes that are refused at once.
    static func refused(_ text: String, _ statuses: Int..., after bodies: [String] = []) -> Vector {
        Vector(name: text.prefix(90).debugDescription, bytes: Array(text.utf8), bodies: bodies, statuses: statuses)
    }

    static func refused(bytes: [UInt8], _ statuses: Int...) -> Vector {
        let name = String(decoding: bytes.prefix(90), as: UTF8.self).debugDescription
        return Vector(name: name, bytes: bytes, bodies: [], statuses: statuses)
    }

    /// Requests that are all accepted, with these bodies.
    static func accepted(_ text: String, _ bodies: String...) -> Vector {
        Vector(
            name: text.prefix(90).debugDescription, bytes: Array(text.utf8), bodies: bodies.isEmpty ? [""] : bodies,
            statuses: [])
    }

    /// A request with one header line, refused.
    static func field(_ line: String, _ statuses: Int...) -> Vector {
        let text = "GET / HTTP/1.1\r\nHost: a\r\n\(line)\r\n\r\n"
        return Vector(name: line.prefix(90).debugDescription, bytes: Array(text.utf8), bodies: [], statuses: statuses)
    }

    /// A chunked request with this body, refused.
    static func chunked(_ body: String, _ statuses: Int...) -> Vector {
        let text = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n\(body)"
        return Vector(name: body.prefix(90).debugDescription, bytes: Array(text.utf8), bodies: [], statuses: statuses)
    }

    /// Checks the outcome for the bytes whole, one by one and cut in two at every place.
    func check(maximumBytes: Int = 1_000_000) {
        let whole = Replay.events(of: [bytes[...]], maximumBytes: maximumBytes)
        check(whole)
        let single = Replay.events(of: bytes.indices.map { bytes[$0...$0] }, maximumBytes: maximumBytes)
        #expect(single == whole, "byte by byte")
        // Every place for short vectors; for long ones as many as keeps the work near a megabyte.
        let cuts = max(8, min(bytes.count, 1_000_000 / max(bytes.count, 1)))
        for cut in stride(from: 1, to: bytes.count, by: max(1, bytes.count / cuts)) {
            let halves = Replay.events(of: [bytes[..<cut], bytes[cut...]], maximumBytes: maximumBytes)
            #expect(halves == whole, "cut at \(cut)")
        }
    }

    private func check(_ events: [Replay.Event]) {
        var received: [String] = []
        var refusal: Int?
        for event in events {
            switch event {
            case .request(_, let body): received.append(String(decoding: body, as: UTF8.self))
            case .rejected(let status): refusal = status
            case .incomplete: Issue.record("not whole: \(events)")
            }
        }
        #expect(received == bodies)
        if statuses.isEmpty { #expect(refusal == nil) } else { #expect(statuses.contains(refusal ?? 0), "\(events)") }
    }
}
