internal import Dispatch

/// The listening socket and every open connection of one server.
actor ConnectionPool {
    nonisolated let loop: EventLoop
    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    let service: Service
    var connections: [UInt64: Connection] = [:]
    private var nextID: UInt64 = 0
    private var isTickScheduled = false

    var listener: Socket?
    var acceptSource: (any DispatchSourceRead)?
    var isAccepting = false
    var spare: Socket?
    /// Whether descriptors have run out since the last connection was accepted.
    var isExhausted = false

    private(set) var isDraining = false
    private var drainBegan = Instant.now
    private var emptied: CheckedContinuation<Void, Never>?

    init(service: Service) {
        self.service = service
        loop = EventLoop(label: "HTTPServer")
    }

    /// Opens the listening socket; the kernel holds connections from now on.
    ///
    /// - Returns: The bound port.
    func listen(on address: SocketAddress, backlog: Int) throws -> Int {
        let socket = try Socket.listening(on: address, backlog: backlog)
        startAccepting(on: socket)
        return socket.localAddress.port
    }

    /// Serves until a shutdown has finished.
    func serve() async {
        await withCheckedContinuation { continuation in
            emptied = continuation
            finishIfEmpty()
        }
    }

    /// Stops accepting, closes what is idle and lets the rest finish.
    func drain() {
        guard !isDraining else { return }
        isDraining = true
        drainBegan = .now
        stopAccepting()
        for connection in connections.values { connection.assumeIsolated { $0.drain() } }
        finishIfEmpty()
    }

    /// Closes everything now, cancelling the handlers.
    func cancel() {
        drain()
        for connection in connections.values { connection.assumeIsolated { $0.close() } }
    }

    /// Forgets a connection that closed.
    func remove(_ id: UInt64) {
        connections[id] = nil
        finishIfEmpty()
    }

    func add(_ socket: Socket, from address: SocketAddress, isReserved: Bool) {
        nextID += 1
        let connection = Connection(
            id: nextID, socket: socket, remoteAddress: address, isReserved: isReserved, pool: self, service: service)
        connections[nextID] = connection
        connection.assumeIsolated { $0.start() }
        scheduleTick()
    }

    private func finishIfEmpty() {
        guard isDraining, connections.isEmpty else { return }
        emptied?.resume()
        emptied = nil
    }

    /// Looks at every connection some times a second, instead of one timer each; not at all while there is nothing to look at.
    func scheduleTick() {
        let lacksRoom = listener != nil && (!isAccepting || spare == nil)
        guard !isTickScheduled, !connections.isEmpty || lacksRoom else { return }
        isTickScheduled = true
        loop.queue.asyncAfter(deadline: .now() + 0.1) { [weak self] in self?.assumeIsolated { $0.tick() } }
    }

    private func tick() {
        isTickScheduled = false
        let now = Instant.now
        for connection in connections.values { connection.assumeIsolated { $0.checkDeadlines(at: now) } }
        if isDraining {
            // Answers that promised to keep the connection may have been sent since the last look.
            for connection in connections.values { connection.assumeIsolated { $0.drain() } }
            if now.seconds(since: drainBegan) > service.timeouts.drain { cancel() }
        } else {
            readyToAccept()
        }
        scheduleTick()
    }
}
