import Foundation

/// A TCP client that sends bytes as they are and reads answers by their Content-Length.
public final class Client: @unchecked Sendable {  // because one test owns it and awaits each call before the next
    private let descriptor: Int32
    private var unread: [UInt8] = []

    /// Connects to this machine; reads fail after `timeout` seconds.
    public init(port: UInt16, timeout: Int = 10) throws {
        descriptor = try connectedSocket(port: Int(port), timeout: timeout)
    }

    deinit { close(descriptor) }

    /// Runs blocking work on a thread of its own.
    public static func offPool<T: Sendable>(_ work: @escaping @Sendable () -> T) async -> T {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread { continuation.resume(returning: work()) }
        }
    }

    /// Sends what the server takes.
    public func send(_ bytes: [UInt8]) async {
        await Self.offPool { [descriptor] in
            var rest = bytes[...]
            while !rest.isEmpty {
                let sent = rest.withUnsafeBytes {
                    Foundation.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
                }
                guard sent > 0 else { return }
                rest = rest.dropFirst(sent)
            }
        }
    }

    /// The next answer; nil where the connection ended before one.
    public func answer(isHead: Bool = false) async -> Answer? {
        await Self.offPool { [self] in
            var parsed: (answer: Answer, length: Int)?
            repeat {
                parsed = Answer.parse(unread, isHead: isHead)
            } while parsed == nil && receive()
            guard let parsed else { return nil }
            unread.removeFirst(parsed.length)
            return parsed.answer
        }
    }

    /// True where the server ends the connection and sends nothing more.
    public func ends() async -> Bool {
        await Self.offPool { [self] in !receive() && unread.isEmpty }
    }

    private func receive() -> Bool {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count = recv(descriptor, &buffer, buffer.count, 0)
        guard count > 0 else { return false }
        unread += buffer.prefix(count)
        return true
    }
}
