internal import Dispatch

extension Connection {
    /// Queues bytes and sends what the kernel takes now; `retained` is kept until it has taken all of them.
    func send(_ segments: [[UInt8]], retaining retained: (any Sendable)? = nil) {
        guard phase != .closed else { return }
        if output.isEmpty { writePace = Pace() }
        for segment in segments { output.append(segment) }
        if let retained { output.retain(retained) }
        flush()
    }

    /// Sends until nothing is left or the kernel's buffer is full.
    func flush() {
        guard let socket else { return }
        while let (bytes, offset, more) = output.next {
            switch socket.send(bytes, from: offset, more: more) {
            case .sent(let count):
                output.advance(count)
                // What the kernel takes at once says nothing about the client.
                if writePace.isWaiting { writePace.endWaiting(at: .now, moved: count) }
            case .wouldBlock:
                writePace.beginWaiting(at: .now)
                return awaitWritability(true)
            case .failed:
                return close()
            }
        }
        awaitWritability(false)
        let waiter = writeWaiter
        writeWaiter = nil
        waiter?.resume()
        if closesAfterFlush, exchange == nil { beginLingering() }
    }

    /// Closes as soon as everything queued has been sent.
    func closeAfterFlush() {
        closesAfterFlush = true
        flush()
    }

    /// Called when the kernel takes bytes again.
    private func becomeWritable() {
        guard phase != .closed else { return }
        flush()
        guard output.isEmpty else { return }
        if phase == .head { phaseBegan = .now }
        advance()
    }

    private func awaitWritability(_ wanted: Bool) {
        guard wanted != isAwaitingWritability, let socket else { return }
        isAwaitingWritability = wanted
        if let writeSource {
            if wanted { writeSource.resume() } else { writeSource.suspend() }
            return
        }
        let source = DispatchSource.makeWriteSource(fileDescriptor: socket.descriptor, queue: loop.queue)
        source.setEventHandler { self.assumeIsolated { $0.becomeWritable() } }
        source.setCancelHandler { withExtendedLifetime(socket) {} }
        writeSource = source
        source.activate()
    }

    /// Sends FIN and waits for the client's, dropping what it still sends: closing at once could make the kernel send RST,
    /// and the client would lose the answer (RFC 9112 §9.6).
    private func beginLingering() {
        closesAfterFlush = false
        if peerFinished { return close() }
        phase = .lingering
        phaseBegan = .now
        socket?.shutdownWriting()
        updateReading()
    }
}
