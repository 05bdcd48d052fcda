/// One owner of a file descriptor, closed when its last reference goes away.
///
/// Dispatch sources hold a reference until their cancellation has finished, so a descriptor's number is never
/// reused while the kernel may still report events for it.
package final class Socket: Sendable {
    let descriptor: Int32

    init(adopting descriptor: Int32) {
        self.descriptor = descriptor
    }

    deinit {
        closeDescriptor()
    }
}

/// The outcome of one attempt to read.
enum ReceiveOutcome {
    case bytes([UInt8])
    case wouldBlock
    case endOfStream
    case failed
}

/// The outcome of one attempt to write.
enum SendOutcome {
    case sent(Int)
    case wouldBlock
    case failed
}

/// The outcome of one attempt to accept.
enum AcceptOutcome {
    case accepted(Socket, SocketAddress)
    case wouldBlock
    /// The connection went away before it was accepted; the next one may be fine.
    case vanished
    /// No descriptor or no memory is left for it.
    case exhausted
}

/// A failure to open the listening socket: the call, the address, the reason and what to do about it.
public struct ListenError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The system call that failed.
    public let call: String
    /// The address it was made for.
    public let address: String
    /// The system's error number, or the resolver's when `call` is `getaddrinfo`.
    public let code: Int32
    /// The system's words for `code`.
    public let reason: String
    /// What to do next.
    public let hint: String

    /// One line with everything above.
    public var description: String {
        "\(call) failed for \(address): \(reason) (\(code)). \(hint)"
    }
}
