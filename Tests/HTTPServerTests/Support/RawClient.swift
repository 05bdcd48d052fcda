import Dispatch
import Glibc
import TestSupport

/// A blocking TCP client that sends and receives bytes as they are.
///
/// Use it inside `offPool`: a blocked cooperative thread would take the server's handlers their place.
final class RawClient {
    let descriptor: Int32

    /// Connects to a port of this machine; reads fail after `timeout` seconds.
    init(port: Int, host: String = "127.0.0.1", timeout: Int = 10) throws {
        descriptor = try connectedSocket(port: port, host: host, timeout: timeout)
    }

    deinit {
        close(descriptor)
    }

    func send(_ text: String) { send(Array(text.utf8)) }

    /// Sends what the peer takes; a reset ends it quietly.
    func send(_ bytes: [UInt8]) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let sent = rest.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard sent > 0 else { return }
            rest = rest.dropFirst(sent)
        }
    }

    /// Sends until the peer has taken nothing for half a second; returns how much it took.
    func sendUntilItStalls(_ bytes: [UInt8]) -> Int {
        var sent = 0
        var pauses = 0
        let flags = Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT)
        while sent < bytes.count, pauses < 50 {
            let count = bytes[sent...].withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, flags) }
            if count > 0 {
                sent += count
                pauses = 0
            } else {
                pauses += 1
                usleep(10_000)
            }
        }
        return sent
    }

    /// Sends FIN.
    func finish() { shutdown(descriptor, Int32(SHUT_WR)) }

    /// Makes the coming close a reset.
    func resetOnClose() {
        var option = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
    }

    /// The bytes of one read; nil at the end of the stream.
    func receive(maximum: Int = 65_536) throws -> [UInt8]? {
        var buffer = [UInt8](repeating: 0, count: maximum)
        let count = recv(descriptor, &buffer, buffer.count, 0)
        guard count >= 0 else { throw SocketFailure(call: "recv", code: errno) }
        return count == 0 ? nil : Array(buffer.prefix(count))
    }

    /// Everything up to the end of the stream.
    func receiveAll() throws -> [UInt8] {
        var all: [UInt8] = []
        while let bytes = try receive() { all += bytes }
        return all
    }

    private var unread: [UInt8] = []

    /// Waits for the first byte of a response and takes no more.
    func waitForResponse() throws {
        unread += try receive(maximum: 1) ?? []
    }

    /// The next response, its content found by Content-Length or chunked framing.
    func response(toHead: Bool = false) throws -> Response {
        while true {
            if let (response, used) = Response.parse(unread, toHead: toHead) {
                unread.removeFirst(used)
                return response
            }
            guard let more = try receive() else { throw SocketFailure(call: "end of stream", code: 0) }
            unread += more
        }
    }

    /// Sends a request and reads its response.
    func exchange(_ request: String) throws -> Response {
        send(request)
        return try response(toHead: request.hasPrefix("HEAD "))
    }
}

/// Runs blocking work on a thread of its own.
func offPool<Result: Sendable>(_ work: @escaping @Sendable () throws -> Result) async throws -> Result {
    try await withCheckedThrowingContinuation { continuation in
        DispatchQueue(label: "client").async {
            continuation.resume(with: Swift.Result { try work() })
        }
    }
}

/// The response to one request on a connection of its own.
func once(_ port: Int, host: String = "127.0.0.1", _ request: String) throws -> Response {
    let client = try RawClient(port: port, host: host)
    return try client.exchange(request)
}
