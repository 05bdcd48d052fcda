/// One request and its answer while they are in progress on a connection.
struct Exchange {
    let id: Int
    let head: RequestHead
    let requestID: String
    let began = Instant.now
    var body: BodyDecoder
    /// Whether the client still waits for `100 Continue`.
    var expectsContinue: Bool
    /// The handler, waiting for the next piece of the body.
    var bodyWaiter: CheckedContinuation<[UInt8]?, any Error>?
    /// The time spent waiting for the body, and what it brought.
    var pace = BodyPace()
    /// What is answered instead of what the handler says.
    var failure: Rejection?
    var task: Task<Void, Never>?
    /// Whether the response head has been written.
    var responded = false
    /// Health probes are logged more quietly: they come every few seconds.
    var isProbe = false
    var status = 0
    var bytesSent = 0
    /// Whether the half-closed client has been asked if it still listens.
    var probed = false
}

/// The time a connection waited for the bytes of one body, kept to tell a slow client from a busy handler.
struct BodyPace {
    private(set) var waitingSince: Instant?
    private var waited = 0.0
    private var received = 0

    mutating func beginWaiting(at now: Instant) {
        if waitingSince == nil { waitingSince = now }
    }

    mutating func endWaiting(at now: Instant, received count: Int) {
        if let waitingSince { waited += now.seconds(since: waitingSince) }
        waitingSince = nil
        received += count
    }

    /// What the client is too slow in, if it is.
    func violation(of timeouts: HTTPServer.Timeouts, at now: Instant) -> String? {
        guard let waitingSince else { return nil }
        let pause = now.seconds(since: waitingSince)
        let total = waited + pause
        if pause > timeouts.bodyIdle { return "no byte of the body for \(timeouts.bodyIdle) s" }
        if total > timeouts.body { return "the body took more than \(timeouts.body) s" }
        if total > timeouts.bodyGrace, Double(received) < timeouts.bodyBytesPerSecond * total {
            return "the body came at less than \(timeouts.bodyBytesPerSecond) bytes per second"
        }
        return nil
    }
}
