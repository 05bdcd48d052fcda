extension Connection {
    /// Ends what has taken too long; called some times a second.
    func checkDeadlines(at now: Instant) {
        let timeouts = service.timeouts
        if writePace.isTooSlowToWrite(by: timeouts, at: now) {
            socket?.resetOnClose()
            return close()
        }
        let elapsed = now.seconds(since: phaseBegan)
        switch phase {
        case .head: checkHead(elapsed, timeouts)
        case .exchange: checkExchange(at: now, timeouts)
        case .lingering: if output.isEmpty, elapsed > timeouts.lingering { close() }
        case .closed: break
        }
    }

    /// The head's deadline is absolute: bytes that trickle in do not move it.
    private func checkHead(_ elapsed: Double, _ timeouts: HTTPServer.Timeouts) {
        guard output.isEmpty else { return }
        let headTimeout = isReserved ? min(timeouts.head, 1) : timeouts.head
        if !parser.isIdle || !input.isEmpty {
            if elapsed > headTimeout { reject(.timeout("the head took more than \(headTimeout) s")) }
        } else if elapsed > (exchangeCount == 0 ? headTimeout : timeouts.idle) {
            close()
        }
    }

    private func checkExchange(at now: Instant, _ timeouts: HTTPServer.Timeouts) {
        if let violation = exchange?.pace.bodyViolation(of: timeouts, at: now) {
            failBody(.timeout(violation))
        }
        if let since = exchange?.settlingSince, now.seconds(since: since) > timeouts.discardedBody { endBodyWait() }
        // While reading pauses, nobody else would notice that the client is gone.
        if !isReading, socket?.hasPendingError() ?? true { return close() }
        if peerFinished { probeHalfClosed(at: now) }
    }

    /// A client that sent FIN may only have finished sending, or may be gone: the kernel does not say. An interim response,
    /// which every HTTP/1.1 client skips, makes the kernel of one that is gone answer with a reset.
    private func probeHalfClosed(at now: Instant) {
        guard let current = exchange, !current.responded, !current.probed, current.head.minorVersion > 0,
            now.seconds(since: current.began) > service.timeouts.halfClosedProbe
        else { return }
        exchange?.probed = true
        send([ResponseHead.continue])
    }
}
