internal import Glibc

// Every call into the C library is in this file and in `Socket+Listening`.

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
