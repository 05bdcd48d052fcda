extension HTTPServer {
    /// Where to listen and how much any client may ask for; every default is safe on a small machine.
    public struct Configuration: Sendable {
        /// The IPv4 or IPv6 address, or the name, to bind to.
        public var host = "127.0.0.1"
        /// The TCP port; 0 takes any free one, which `run(onListening:)` reports.
        public var port = 8080
        /// The names in `Host` that are answered, any where nil; routes marked `isServedAtCapacity` answer to all, since probes
        /// ask by address.
        public var names: HostNames?
        /// How many connections the kernel may hold before they are accepted.
        public var backlog = 511
        /// How large messages and how many connections may be.
        public var limits = Limits()
        /// How long clients may take.
        public var timeouts = Timeouts()

        /// The defaults.
        public init() {}
    }

    /// How large a message may be, in bytes unless said otherwise, and how many connections there may be.
    public struct Limits: Sendable {
        /// The request line without CRLF; beyond it 414. RFC 9112 §3 asks for 8,000 at least.
        public var requestLine = 8_192
        /// The method's name; beyond it 400.
        public var method = 32
        /// One field's name; beyond it 431.
        public var fieldName = 256
        /// One field's value; beyond it 431.
        public var fieldValue = 8_192
        /// Request line and all fields together; beyond it 431.
        public var head = 16_384
        /// The number of fields; beyond it 431.
        public var fieldCount = 100
        /// The number of empty lines before a request line; beyond it 400.
        public var leadingEmptyLines = 2
        /// The extensions of one chunk; beyond it 400.
        public var chunkExtension = 256
        /// The extensions of all chunks of a body; beyond it 400.
        public var chunkExtensions = 16_384
        /// The framing of a chunked body that is tolerated on top of four times its payload; beyond it 400.
        public var chunkOverhead = 65_536
        /// The trailer section; beyond it 431.
        public var trailers = 16_384
        /// The number of trailer fields; beyond it 431.
        public var trailerCount = 64
        /// Connections served at once, lowered to what the process's descriptor limit leaves room for.
        public var connections = 512
        /// Connections accepted beyond `connections`, on which only routes marked `isServedAtCapacity` are answered.
        public var reservedConnections = 16
        /// Requests on one connection; the last answer says `Connection: close`.
        public var requestsPerConnection = 1_000
        /// Received bytes that wait for a handler before reading pauses.
        public var inputBuffer = 131_072
        /// Response bytes that wait for the client before a streaming handler pauses.
        public var outputBuffer = 131_072
        /// The request body that is read and dropped to keep a connection whose handler did not want it.
        public var discardedBody = 65_536
        /// Log lines that wait to be written; further ones are dropped and counted.
        public var waitingLogLines = 1_024
        /// What is read and dropped after an error so that the client can read the answer (lingering close).
        public var lingering = 1_048_576

        /// The defaults.
        public init() {}
    }

    /// How long a client may take, in seconds on the monotonic clock.
    public struct Timeouts: Sendable {
        /// From the first moment a request is due to the end of its head, however its bytes trickle in.
        public var head = 10.0
        /// Without any request on a kept-alive connection.
        public var idle = 60.0
        /// Without any byte of a body that is waited for.
        public var bodyIdle = 15.0
        /// The waiting that is granted before `bodyBytesPerSecond` is asked for.
        public var bodyGrace = 10.0
        /// The least average rate of a body, over the time it was waited for.
        public var bodyBytesPerSecond = 1_024.0
        /// For one body, of waiting in all.
        public var body = 300.0
        /// For the rest of a small body nobody read to arrive before the answer that is ready; then the answer says
        /// `Connection: close`.
        public var discardedBody = 0.25
        /// Without the client taking any byte of a response.
        public var writeProgress = 30.0
        /// The waiting that is granted before `writeBytesPerSecond` is asked for.
        public var writeGrace = 10.0
        /// The least average rate at which a client takes a response, over the time it was waited for.
        public var writeBytesPerSecond = 16_384.0
        /// For the client to close after a lingering close began.
        public var lingering = 2.0
        /// After a client closed its sending side and before it is asked, with an interim response, whether it still listens.
        public var halfClosedProbe = 0.5
        /// For requests in flight to finish after a graceful shutdown began; then they are cancelled.
        public var drain = 25.0

        /// The defaults.
        public init() {}
    }
}
