internal import Dispatch

extension Connection {
    /// Takes what has arrived, up to the last byte: when the peer has reset or closed the connection, Dispatch reports
    /// that once and never again, even if bytes were left.
    func receive() {
        for _ in 0..<4 {
            guard isReading, let socket else { return }
            switch socket.receive(maximum: phase == .exchange ? 65_536 : 16_384) {
            case .bytes(let bytes): accept(bytes)
            case .wouldBlock: return
            case .endOfStream: return finishInput()
            case .failed: return close()
            }
        }
        receiveLater()
    }

    /// Lets the other connections have their turn before reading on.
    private func receiveLater() {
        loop.queue.async { self.assumeIsolated { $0.receive() } }
    }

    private func accept(_ bytes: [UInt8]) {
        if phase == .lingering {
            lingered += bytes.count
            if lingered > service.limits.lingering, output.isEmpty { close() }
            return
        }
        // The first request is due from the start; a later one from its first byte.
        if phase == .head, exchangeCount > 0, parser.isIdle, input.isEmpty { phaseBegan = .now }
        input.append(bytes)
        advance()
    }

    /// The client sent FIN: it may still be reading, so a request that is whole is answered, and to the end.
    private func finishInput() {
        peerFinished = true
        if phase == .lingering, output.isEmpty {
            close()
        } else {
            advance()
        }
    }

    /// Does everything the received bytes allow: parse heads, begin requests, feed bodies.
    func advance() {
        guard !isAdvancing else { return }
        isAdvancing = true
        while step() {}
        isAdvancing = false
        if input.isEmpty { input.removeAll() }
        updateReading()
    }

    /// One step; false when more input, or the handler, has to come first.
    private func step() -> Bool {
        switch phase {
        case .head: parseHead()
        case .exchange: feedBody()
        case .lingering, .closed: false
        }
    }

    private func parseHead() -> Bool {
        // Answers the client does not take must not pile up behind one another.
        guard output.count <= service.limits.outputBuffer else { return false }
        do throws(Rejection) {
            if let head = try parser.parse(&input) {
                begin(head)
                return true
            }
            if peerFinished { closeAfterFlush() }
        } catch {
            reject(error)
        }
        return false
    }

    /// Reading pauses while enough is buffered, so that a fast client cannot fill memory; and after FIN.
    func updateReading() {
        guard let readSource, phase != .closed else { return }
        let wanted = !peerFinished && (phase == .lingering || input.count < service.limits.inputBuffer)
        guard wanted != isReading else { return }
        isReading = wanted
        if wanted {
            readSource.resume()
            receiveLater()
        } else {
            readSource.suspend()
        }
    }
}
