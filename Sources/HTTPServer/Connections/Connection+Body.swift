extension Connection {
    /// The next piece of the body for the handler of an exchange, nil after the last one.
    func nextBodyPiece(exchange id: Int) async throws -> [UInt8]? {
        guard phase == .exchange, exchange?.id == id else { throw CancellationError() }
        if let failure = exchange?.failure { throw failure }
        guard exchange?.bodyWaiter == nil else { throw Rejection.internalError }
        exchange?.bodyWaits += 1
        let wait = exchange?.bodyWaits
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                exchange?.bodyWaiter = continuation
                advance()
                inviteBody()
            }
        } onCancel: {
            Task { await self.abandonBodyPiece(exchange: id, wait: wait) }
        }
    }

    /// Ends the wait of a task that was cancelled; the body can still be read by another.
    private func abandonBodyPiece(exchange id: Int, wait: Int?) {
        if exchange?.id == id, exchange?.bodyWaits == wait { endBodyWait() }
    }

    /// Tells whoever waits for the body that there is nothing to wait for any more.
    func endBodyWait() {
        guard let waiter = exchange?.bodyWaiter else { return }
        exchange?.bodyWaiter = nil
        exchange?.pace.endWaiting(at: .now, moved: 0)
        waiter.resume(throwing: CancellationError())
    }

    /// Hands the waiting handler its next piece, when there is one.
    func feedBody() -> Bool {
        guard let waiter = exchange?.bodyWaiter, var body = exchange?.body else { return false }
        do throws(Rejection) {
            let piece = try body.next(from: &input)
            exchange?.body = body
            guard piece != nil || body.isComplete || peerFinished else {
                exchange?.pace.beginWaiting(at: .now)
                return false
            }
            guard piece != nil || body.isComplete else { throw .disconnected }
            exchange?.pace.endWaiting(at: .now, moved: piece?.count ?? 0)
            exchange?.bodyWaiter = nil
            waiter.resume(returning: piece)
        } catch {
            failBody(error)
        }
        return true
    }

    /// Makes a rejection the answer to the request in progress and tells the handler that reads its body.
    func failBody(_ rejection: Rejection) {
        exchange?.failure = rejection
        let waiter = exchange?.bodyWaiter
        exchange?.bodyWaiter = nil
        waiter?.resume(throwing: rejection)
    }

    /// Sends `100 Continue` when the handler wants a body that the client holds back (RFC 9110 §10.1.1).
    private func inviteBody() {
        guard let current = exchange, current.expectsContinue, current.bodyWaiter != nil, !current.responded else {
            return
        }
        exchange?.expectsContinue = false
        send([ResponseHead.continue])
    }

    /// Reads what is left of a small body, so that the connection can go on and a malformed one is answered as such.
    ///
    /// The answer is ready, so the body has but a moment to arrive. One that is announced as large, or that the client has
    /// not begun because it waits for `100 Continue`, is left alone.
    func settleBody(exchange id: Int) async {
        var rest = service.limits.discardedBody
        if exchange?.id == id { exchange?.settlingSince = .now }
        while let current = exchange, current.id == id, current.failure == nil, !current.body.isComplete,
            !current.expectsContinue, current.body.remaining ?? 0 <= rest
        {
            guard let piece = try? await nextBodyPiece(exchange: id) else { return }
            rest -= piece.count
            if rest < 0 { return }
        }
    }
}
