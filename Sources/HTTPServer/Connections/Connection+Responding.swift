internal import HTTPTypes

extension Connection {
    /// Sends an answer's head, and its content when that is whole.
    ///
    /// - Returns: Whether the pieces of a streamed content are to follow.
    func respond(with answer: ServerResponse, exchange id: Int) async -> Bool {
        await settleBody(exchange: id)
        guard let current = exchange, current.id == id, !current.responded else { return false }
        let response = current.failure?.response ?? answer
        let keepsAlive = mayKeepAlive(current, response)
        var head = ResponseHead(response, requestID: current.requestID, date: service.date.current)
        exchange?.responded = true
        exchange?.status = response.status.code
        let isWhole = head.frame(response.body, for: current.head, keepsAlive: keepsAlive)
        if !keepsAlive { closesAfterFlush = true }
        if isWhole {
            finish(sending: head.serialized(), content: head.content, retaining: response.retained)
        } else {
            exchange?.retained = response.retained
            send([head.serialized()])
        }
        return !isWhole
    }

    /// Whether another request may follow this answer on the connection.
    private func mayKeepAlive(_ current: Exchange, _ response: ServerResponse) -> Bool {
        guard current.head.keepsAlive, current.body.isComplete, current.failure?.keepsConnection ?? true else {
            return false
        }
        // Without chunks only the end of the connection ends a stream.
        if case .stream = response.body, current.head.minorVersion == 0 { return false }
        let isDraining = pool.assumeIsolated { $0.isDraining }
        return exchangeCount < service.limits.requestsPerConnection && !isReserved && !isDraining
            && response.headerFields[.connection]?.lowercased() != "close"
    }

    /// Sends a piece of a streamed content and waits while the client has too much of it before it.
    func write(_ piece: [UInt8], exchange id: Int) async throws {
        guard let current = exchange, current.id == id else { throw CancellationError() }
        guard !piece.isEmpty else { return }
        exchange?.bytesSent += piece.count
        if current.head.minorVersion > 0 {
            send([Array((String(piece.count, radix: 16) + "\r\n").utf8), piece, Array("\r\n".utf8)])
        } else {
            send([piece])
        }
        guard phase != .closed else { throw CancellationError() }
        guard output.count > service.limits.outputBuffer else { return }
        try await withCheckedThrowingContinuation { writeWaiter = $0 }
    }

    /// Ends a streamed content.
    func finishStream(exchange id: Int) {
        guard let current = exchange, current.id == id else { return }
        let end = current.head.minorVersion > 0 ? Array("0\r\n\r\n".utf8) : []
        finish(sending: end, content: [], retaining: current.retained)
    }

    /// Sends the last bytes of an answer and turns to the next request, or to closing.
    private func finish(sending bytes: [UInt8], content: [UInt8], retaining retained: (any Sendable)?) {
        exchange?.bytesSent += content.count
        if let exchange { service.log(exchange) }
        // A task that outlived the handler may still read the body.
        endBodyWait()
        exchange = nil
        phase = closesAfterFlush ? .lingering : .head
        phaseBegan = .now
        if closesAfterFlush { input.removeAll() }
        send([bytes, content], retaining: retained)
        advance()
    }

    /// Answers bytes that are no request, and closes.
    func reject(_ rejection: Rejection) {
        let requestID = RequestID.new()
        var head = ResponseHead(rejection.response, requestID: requestID, date: service.date.current)
        head.frame(rejection.response.body, for: nil, keepsAlive: false)
        service.log(rejection, requestID: requestID)
        phase = .lingering
        phaseBegan = .now
        closesAfterFlush = true
        input.removeAll()
        send([head.serialized(), head.content])
    }
}
