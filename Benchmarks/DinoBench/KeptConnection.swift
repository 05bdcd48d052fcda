import Foundation
import Glibc

/// A connection to this machine that is kept alive: one request at a time, on the calling thread.
///
/// As little work as can be: client and server share the cores.
struct KeptConnection: ~Copyable {
    private let port: UInt16
    private var descriptor: Int32
    private var isEnding = false
    private var received: [UInt8] = []
    private var buffer = [UInt8](repeating: 0, count: piece)
    private static let piece = 64 << 10

    /// Connects to a port of this machine.
    init(port: UInt16) throws {
        self.port = port
        descriptor = try Self.connected(port)
    }

    deinit { close(descriptor) }

    private static func connected(_ port: UInt16) throws -> Int32 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var on: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
        guard withLoopback(port, { connect(descriptor, $0, $1) }) == 0 else {
            close(descriptor)
            throw ClientError("nothing listens on 127.0.0.1:\(port)")
        }
        return descriptor
    }

    /// Sends a request and reads the whole answer, which must say how long it is; gives its status.
    ///
    /// Where the server ended the connection with its last answer, as ours does after a thousand, it connects anew.
    mutating func exchange(_ request: [UInt8]) throws -> Int {
        if isEnding {
            let next = try Self.connected(port)
            close(descriptor)
            (descriptor, isEnding) = (next, false)
        }
        try send(request)
        received.removeAll(keepingCapacity: true)
        var expected = Int.max, status = 0
        while received.count < expected {
            let count = recv(descriptor, &buffer, Self.piece, 0)
            guard count > 0 else { throw ClientError("127.0.0.1:\(port) ended the connection within an answer") }
            received += buffer[..<count]
            if expected == .max, let head = ResponseHead(received) {
                (status, expected) = (head.status, head.length + head.bodyLength)
                isEnding = head.endsConnection
            }
        }
        return status
    }

    private func send(_ request: [UInt8]) throws {
        var sent = 0
        while sent < request.count {
            let count = request[sent...].withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw ClientError("127.0.0.1:\(port) ended the connection within a request") }
            sent += count
        }
    }

    private struct ResponseHead {
        let status, length, bodyLength: Int
        let endsConnection: Bool

        /// nil while the head is not whole.
        init?(_ bytes: [UInt8]) {
            guard let end = bytes.firstRange(of: Array("\r\n\r\n".utf8)) else { return nil }
            let lines = String(decoding: bytes[..<end.lowerBound], as: UTF8.self).lowercased()
                .components(separatedBy: "\r\n")
            let field = lines.first { $0.hasPrefix("content-length:") }
            status = lines[0].split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
            length = end.upperBound
            bodyLength = field.flatMap { Int($0.dropFirst(15).trimmingCharacters(in: .whitespaces)) } ?? 0
            endsConnection = lines.contains("connection: close")
        }
    }
}

/// A port that nobody listens on at the moment.
func freePort() throws -> UInt16 {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    guard withLoopback(0, { bind(descriptor, $0, $1) }) == 0 else { throw ClientError("no port is free") }
    var address = sockaddr_in(), length = socklen_t(MemoryLayout<sockaddr_in>.size)
    _ = withUnsafeMutablePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) }
    }
    return UInt16(bigEndian: address.sin_port)
}

private func withLoopback(_ port: UInt16, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    return withUnsafePointer(to: address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
    }
}

/// What went wrong between this client and a server.
struct ClientError: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
