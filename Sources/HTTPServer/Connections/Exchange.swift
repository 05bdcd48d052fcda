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
    /// How often a handler has waited, so that a late cancellation ends its own wait only.
    var bodyWaits = 0
    /// The time spent waiting for the body, and what it brought.
    var pace = Pace()
    /// What is answered instead of what the handler says.
    var failure: Rejection?
    var task: Task<Void, Never>?
    /// Since when the answer waits for the rest of a body nobody read.
    var settlingSince: Instant?
    /// What a streamed answer keeps until it has been sent.
    var retained: (any Sendable)?
    /// Whether the response head has been written.
    var responded = false
    /// Health probes are logged more quietly: they come every few seconds.
    var isProbe = false
    var status = 0
    var bytesSent = 0
    /// Whether the half-closed client has been asked if it still listens.
    var probed = false
}
