import Foundation

/// A system call of a test's client that failed.
public struct SocketFailure: Error {
    /// The call.
    public let call: String
    /// Its `errno`.
    public let code: Int32

    /// The failure of `call` with an `errno`, 0 where there is none.
    public init(call: String, code: Int32) { (self.call, self.code) = (call, code) }
}

/// A socket connected to a port of this machine, whose reads fail after `timeout` seconds; the caller closes it.
public func connectedSocket(port: Int, host: String = "127.0.0.1", timeout: Int = 10) throws(SocketFailure) -> Int32 {
    var hints = addrinfo()
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    hints.ai_flags = AI_NUMERICHOST
    var results: UnsafeMutablePointer<addrinfo>?
    guard getaddrinfo(host, String(port), &hints, &results) == 0, let info = results?.pointee else {
        throw SocketFailure(call: "getaddrinfo", code: errno)
    }
    defer { freeaddrinfo(results) }
    let descriptor = socket(info.ai_family, Int32(SOCK_STREAM.rawValue), 0)
    guard descriptor >= 0 else { throw SocketFailure(call: "socket", code: errno) }
    var limit = timeval(tv_sec: timeout, tv_usec: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    var on: Int32 = 1
    setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
    guard connect(descriptor, info.ai_addr, info.ai_addrlen) == 0 else {
        let code = errno
        close(descriptor)
        throw SocketFailure(call: "connect", code: code)
    }
    return descriptor
}
