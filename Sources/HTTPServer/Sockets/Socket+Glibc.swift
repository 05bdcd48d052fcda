internal import Glibc

// Every call into the C library is in this file.

extension Socket {
    func closeDescriptor() {
        close(descriptor)
    }

    /// Reads what is there, at most `maximum` bytes.
    func receive(maximum: Int) -> ReceiveOutcome {
        var code: Int32 = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: maximum) { buffer, count in
            var received: Int
            repeat { received = recv(descriptor, buffer.baseAddress, maximum, 0) } while received < 0 && errno == EINTR
            code = received < 0 ? errno : 0
            count = max(received, 0)
        }
        switch code {
        case 0: return bytes.isEmpty ? .endOfStream : .bytes(bytes)
        case EAGAIN: return .wouldBlock
        default: return .failed
        }
    }

    /// Writes what fits now; never raises SIGPIPE. `more` asks the kernel to wait for the next write before sending a short segment.
    func send(_ bytes: [UInt8], from offset: Int, more: Bool) -> SendOutcome {
        bytes.withUnsafeBytes { buffer in
            let rest = UnsafeRawBufferPointer(rebasing: buffer[offset...])
            let flags = Int32(MSG_NOSIGNAL) | (more ? Int32(MSG_MORE) : 0)
            var sent: Int
            repeat {
                sent = Glibc.send(descriptor, rest.baseAddress, rest.count, flags)
            } while sent < 0 && errno == EINTR
            if sent >= 0 { return .sent(sent) }
            return errno == EAGAIN ? .wouldBlock : .failed
        }
    }

    /// Sends FIN: the peer reads end of stream, we may still read.
    func shutdownWriting() {
        shutdown(descriptor, Int32(SHUT_WR))
    }

    /// Makes the coming close send RST and forget unsent bytes.
    func resetOnClose() {
        var option = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
    }

    /// Whether the kernel holds an error for this connection, such as a reset by the peer.
    func hasPendingError() -> Bool {
        var code: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        return getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &code, &length) == 0 && code != 0
    }

    /// Accepts one waiting connection, non-blocking and with Nagle's delay off.
    func accept() -> AcceptOutcome {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let accepted = withUnsafeMutablePointer(to: &storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.accept(descriptor, $0, &length)
            }
        }
        guard accepted >= 0 else {
            switch errno {
            case EAGAIN: return .wouldBlock
            case EMFILE, ENFILE, ENOBUFS, ENOMEM: return .exhausted
            default: return .vanished
            }
        }
        _ = fcntl(accepted, F_SETFL, O_NONBLOCK)
        _ = fcntl(accepted, F_SETFD, FD_CLOEXEC)
        var on: Int32 = 1
        setsockopt(accepted, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
        // Without it the kernel reports room once a third of megabytes is free: a slow client would seem to stand still.
        var unsent: Int32 = 131_072
        setsockopt(accepted, Int32(IPPROTO_TCP), TCP_NOTSENT_LOWAT, &unsent, socklen_t(MemoryLayout<Int32>.size))
        return .accepted(Socket(adopting: accepted), SocketAddress(storage))
    }

    /// The address this socket is bound to.
    var localAddress: SocketAddress {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        withUnsafeMutablePointer(to: &storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { _ = getsockname(descriptor, $0, &length) }
        }
        return SocketAddress(storage)
    }

    /// A descriptor that can be given up to serve one more accept.
    static func spare() -> Socket? {
        let descriptor = open("/dev/null", O_RDONLY | O_CLOEXEC)
        return descriptor < 0 ? nil : Socket(adopting: descriptor)
    }

    /// How many descriptors this process may have.
    static var descriptorLimit: Int {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 1_024 }
        return Int(clamping: limit.rlim_cur)
    }
}

extension Socket {
    /// A listening TCP socket on a numeric address or a name such as `localhost`, of either IP version.
    static func listening(on address: SocketAddress, backlog: Int) throws(ListenError) -> Socket {
        var hints = addrinfo()
        hints.ai_family = AF_UNSPEC
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV
        var results: UnsafeMutablePointer<addrinfo>?
        let code = getaddrinfo(address.host, String(address.port), &hints, &results)
        guard code == 0, let first = results?.pointee else {
            throw ListenError(
                call: "getaddrinfo", address: address.description, code: code,
                reason: String(cString: gai_strerror(code)),
                hint:
                    "Give an IPv4 or IPv6 address of this machine, such as 127.0.0.1 or ::1, and a port from 0 to 65535."
            )
        }
        defer { freeaddrinfo(results) }
        return try listening(on: first, named: address, backlog: backlog)
    }

    private static func listening(
        on info: addrinfo, named address: SocketAddress, backlog: Int
    ) throws(ListenError) -> Socket {
        let type = info.ai_socktype | Int32(SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        let descriptor = Glibc.socket(info.ai_family, type, info.ai_protocol)
        guard descriptor >= 0 else { throw ListenError(call: "socket", address: address, code: errno) }
        let socket = Socket(adopting: descriptor)
        var on: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<Int32>.size))
        guard bind(descriptor, info.ai_addr, info.ai_addrlen) == 0 else {
            throw ListenError(call: "bind", address: address, code: errno)
        }
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

extension SocketAddress {
    fileprivate init(_ storage: sockaddr_storage) {
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        switch Int32(storage.ss_family) {
        case AF_INET:
            var address = unsafeBitCastPrefix(of: storage, to: sockaddr_in.self)
            inet_ntop(AF_INET, &address.sin_addr, &text, socklen_t(text.count))
            self.init(host: Self.string(text), port: Int(UInt16(bigEndian: address.sin_port)))
        case AF_INET6:
            var address = unsafeBitCastPrefix(of: storage, to: sockaddr_in6.self)
            inet_ntop(AF_INET6, &address.sin6_addr, &text, socklen_t(text.count))
            self.init(host: Self.string(text), port: Int(UInt16(bigEndian: address.sin6_port)))
        default:
            self.init(host: "unknown", port: 0)
        }
    }

    private static func string(_ text: [CChar]) -> String {
        String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}

/// The leading bytes of a `sockaddr_storage`, read as the address type its family names.
private func unsafeBitCastPrefix<Address>(of storage: sockaddr_storage, to type: Address.Type) -> Address {
    withUnsafeBytes(of: storage) { $0.loadUnaligned(as: type) }
}
