internal import Dispatch

extension ConnectionPool {
    func startAccepting(on socket: Socket) {
        guard !isDraining else { return }
        listener = socket
        let source = DispatchSource.makeReadSource(fileDescriptor: socket.descriptor, queue: loop.queue)
        source.setEventHandler { [weak self] in self?.assumeIsolated { $0.acceptWaiting() } }
        source.setCancelHandler { withExtendedLifetime(socket) {} }
        acceptSource = source
        isAccepting = true
        source.activate()
        readyToAccept()
        scheduleTick()
    }

    func stopAccepting() {
        resumeAccepting()
        acceptSource?.cancel()
        acceptSource = nil
        listener = nil
        spare = nil
    }

    /// Holds a descriptor in reserve, and resumes after a pause.
    func readyToAccept() {
        if spare == nil { spare = Socket.spare() }
        resumeAccepting()
    }

    private func resumeAccepting() {
        guard !isAccepting, let acceptSource else { return }
        isAccepting = true
        acceptSource.resume()
    }

    private func acceptWaiting() {
        guard let listener else { return }
        for _ in 0..<64 {
            switch listener.accept() {
            case .accepted(let socket, let address):
                isExhausted = false
                admit(socket, from: address)
            case .vanished: continue
            case .wouldBlock: return
            case .exhausted: return relieve(listener)
            }
        }
    }

    /// Finds room for a connection: free, freed by closing the one idle for longest, or reserved for health probes.
    private func admit(_ socket: Socket, from address: SocketAddress) {
        let limits = service.limits
        if connections.count >= limits.connections { evictLongestIdle() }
        if connections.count < limits.connections {
            add(socket, from: address, isReserved: false)
        } else if connections.count < limits.connections + limits.reservedConnections {
            add(socket, from: address, isReserved: true)
        } else {
            refuse(socket)
        }
    }

    private func evictLongestIdle() {
        let idle = connections.values.compactMap { connection in
            connection.assumeIsolated { $0.isIdle ? ($0.phaseBegan, $0.id) : nil }
        }
        guard let oldest = idle.min(by: { $0 < $1 }) else { return }
        connections[oldest.1]?.assumeIsolated { $0.close() }
    }

    /// Answers 503 without keeping anything of the connection.
    private func refuse(_ socket: Socket) {
        let response = Rejection.atCapacity.response
        var head = ResponseHead(response, requestID: RequestID.new(), date: service.date.current)
        head.frame(response.body, for: nil, keepsAlive: false)
        _ = socket.send(head.serialized() + head.content, from: 0, more: false)
        socket.shutdownWriting()
    }

    /// No descriptor is left: gives up the spare one to tell one client, then pauses, because the listening socket
    /// would report the others again at once, forever.
    private func relieve(_ listener: Socket) {
        if !isExhausted {
            service.log.write(.warning, "no descriptor left for a new connection; raise the limit of open files")
        }
        isExhausted = true
        evictLongestIdle()
        spare = nil
        if case .accepted(let socket, _) = listener.accept() { refuse(socket) }
        spare = Socket.spare()
        isAccepting = false
        acceptSource?.suspend()
        scheduleTick()
    }
}

extension Connection {
    /// Lets the request in progress finish as the last one, and closes when there is none.
    func drain() {
        receive()
        if phase == .head, parser.isIdle, input.isEmpty, output.isEmpty { close() }
    }
}
