internal import Glibc

/// One of the addresses a name stands for, in the kernel's own form.
package struct ResolvedAddress: Sendable {
    fileprivate let family: Int32
    fileprivate let type: Int32
    fileprivate let protocolNumber: Int32
    /// A `sockaddr` of the family.
    fileprivate let bytes: [UInt8]

    private init(_ info: addrinfo) {
        family = info.ai_family
        type = info.ai_socktype
        protocolNumber = info.ai_protocol
        bytes = Array(UnsafeRawBufferPointer(start: info.ai_addr, count: Int(info.ai_addrlen)))
    }

    /// The addresses of a host for listening, the preferred one first; never none.
    package static func all(of address: SocketAddress) throws(ListenError) -> [ResolvedAddress] {
        var hints = addrinfo()
        hints.ai_family = AF_UNSPEC
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV
        var results: UnsafeMutablePointer<addrinfo>?
        let code = getaddrinfo(address.host, String(address.port), &hints, &results)
        guard code == 0 else {
            throw ListenError(
                call: "getaddrinfo", address: address.description, code: code,
                reason: String(cString: gai_strerror(code)),
                hint:
                    "Give an IPv4 or IPv6 address of this machine, such as 127.0.0.1 or ::1, and a port from 0 to 65535."
            )
        }
        defer { freeaddrinfo(results) }
        return sequence(first: results) { $0?.pointee.ai_next }.compactMap(\.?.pointee).map(Self.init)
    }
}

extension Socket {
    /// A listening TCP socket on a numeric address or a name such as `localhost`, of either IP version.
    static func listening(on address: SocketAddress, backlog: Int) throws(ListenError) -> Socket {
        try listening(onFirstOf: ResolvedAddress.all(of: address), named: address, backlog: backlog)
    }

    /// A listening socket on the first of some addresses that can be listened on.
    ///
    /// - Throws: What is wrong with the first one, when none can.
    package static func listening(
        onFirstOf candidates: [ResolvedAddress], named address: SocketAddress, backlog: Int
    ) throws(ListenError) -> Socket {
        var failures: [ListenError] = []
        for candidate in candidates {
            do throws(ListenError) {
                return try listening(on: candidate, named: address, backlog: backlog)
            } catch {
                failures.append(error)
            }
        }
        throw failures.first ?? ListenError(call: "getaddrinfo", address: address, code: EADDRNOTAVAIL)
    }

    private static func listening(
        on candidate: ResolvedAddress, named address: SocketAddress, backlog: Int
    ) throws(ListenError) -> Socket {
        let type = candidate.type | Int32(SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        let descriptor = Glibc.socket(candidate.family, type, candidate.protocolNumber)
        guard descriptor >= 0 else { throw ListenError(call: "socket", address: address, code: errno) }
        let socket = Socket(adopting: descriptor)
        var on: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<Int32>.size))
        let bound = candidate.bytes.withUnsafeBytes { bytes in
            bytes.withMemoryRebound(to: sockaddr.self) { bind(descriptor, $0.baseAddress, socklen_t(bytes.count)) }
        }
        guard bound == 0 else { throw ListenError(call: "bind", address: address, code: errno) }
        guard listen(descriptor, Int32(clamping: backlog)) == 0 else {
            throw ListenError(call: "listen", address: address, code: errno)
        }
        return socket
    }
}

extension ListenError {
    init(call: String, address: SocketAddress, code: Int32) {
        let hint =
            switch code {
            case EADDRINUSE: "Another process has this port: stop it, or choose another port (0 takes any free one)."
            case EADDRNOTAVAIL: "This machine does not have that address: use one of its own, such as 127.0.0.1 or ::1."
            case EACCES: "Ports below 1024 need a privilege: choose a higher one."
            default: "Check the address, the port and this process's limits."
            }
        self.init(
            call: call, address: address.description, code: code, reason: String(cString: strerror(code)), hint: hint)
    }
}
