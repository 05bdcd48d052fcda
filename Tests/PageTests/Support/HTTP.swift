import Foundation
import TestSupport

/// A program of this machine that answers over HTTP.
struct HTTPService: Sendable {
    let port: UInt16

    /// A service that ended the connection before it answered, or did not answer within a minute.
    struct NoAnswer: Error {
        let request: String
    }

    /// The answer to one request on a connection of its own.
    func answer(_ method: String, _ target: String, type: String? = nil, body: Data = Data()) async throws -> Answer {
        let client = try Client(port: port, timeout: 60)
        var head = "\(method) \(target) HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\nContent-Length: \(body.count)\r\n"
        if let type { head += "Content-Type: \(type)\r\n" }
        await client.send(Array((head + "\r\n").utf8) + body)
        guard let answer = await client.answer() else { throw NoAnswer(request: "\(method) \(target)") }
        return answer
    }
}

extension Answer {
    var json: JSON { (try? JSONDecoder().decode(JSON.self, from: Data(body))) ?? .null }
}
