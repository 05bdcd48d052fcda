internal import Dispatch

/// One accepted connection: reads requests, runs their handlers one at a time and writes the answers in order.
///
/// All of its state belongs to the server's event loop. The bytes go through `RequestParser` and `BodyDecoder`; what they
/// mean is decided in `Connection+Exchange`, what is sent in `Connection+Writing`.
actor Connection {
    /// What the next byte received belongs to.
    enum Phase {
        /// A request head.
        case head
        /// The body of the request in progress, or the requests after it.
        case exchange
        /// Nothing: it is dropped until the client closes.
        case lingering
        case closed
    }

    let loop: EventLoop
    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    let id: UInt64
    let service: Service
    let pool: ConnectionPool
    let remoteAddress: SocketAddress
    /// Whether only routes that are served at capacity are answered here.
    let isReserved: Bool

    var socket: Socket?
    var phase = Phase.head
    var readSource: (any DispatchSourceRead)?
    var writeSource: (any DispatchSourceWrite)?
    var isReading = false
    var isAwaitingWritability = false

    var input = ByteBuffer()
    var parser: RequestParser
    var exchange: Exchange?
    var exchangeCount = 0
    var isAdvancing = false
    var peerFinished = false

    var output = OutputQueue()
    var writeWaiter: CheckedContinuation<Void, any Error>?
    var closesAfterFlush = false

    /// Since when the current head is due, or the connection lingers.
    var phaseBegan = Instant.now
    /// The time spent waiting for the client to take an answer, and what it took meanwhile.
    var writePace = Pace()
    var lingered = 0

    init(
        id: UInt64, socket: Socket, remoteAddress: SocketAddress, isReserved: Bool, pool: ConnectionPool,
        service: Service
    ) {
        self.id = id
        self.socket = socket
        self.remoteAddress = remoteAddress
        self.isReserved = isReserved
        self.pool = pool
        self.service = service
        loop = pool.loop
        parser = RequestParser(limits: service.limits)
    }

    /// Begins to read.
    func start() {
        guard let socket else { return }
        let source = DispatchSource.makeReadSource(fileDescriptor: socket.descriptor, queue: loop.queue)
        source.setEventHandler { self.assumeIsolated { $0.receive() } }
        source.setCancelHandler { withExtendedLifetime(socket) {} }
        readSource = source
        isReading = true
        source.activate()
    }

    /// Whether nothing is lost when this connection is closed now.
    var isIdle: Bool {
        switch phase {
        case .head: exchangeCount > 0 && parser.isIdle && input.isEmpty && output.isEmpty
        case .lingering: output.isEmpty
        case .closed: true
        case .exchange: false
        }
    }

    /// Closes at once, cancelling what is in progress.
    func close() {
        guard phase != .closed else { return }
        phase = .closed
        let ended = exchange
        exchange = nil
        ended?.task?.cancel()
        ended?.bodyWaiter?.resume(throwing: CancellationError())
        writeWaiter?.resume(throwing: CancellationError())
        writeWaiter = nil
        input.removeAll()
        output.removeAll()
        cancelSources()
        socket = nil
        pool.assumeIsolated { $0.remove(id) }
    }

    /// Sources must run to be cancelled; their handlers hold the socket until Dispatch has let go of the descriptor.
    private func cancelSources() {
        if let readSource {
            if !isReading { readSource.resume() }
            readSource.cancel()
        }
        if let writeSource {
            if !isAwaitingWritability { writeSource.resume() }
            writeSource.cancel()
        }
        readSource = nil
        writeSource = nil
    }
}
