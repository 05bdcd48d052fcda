internal import Dispatch

/// The listening socket and every open connection of one server.
actor ConnectionPool {
    nonisolated let loop: EventLoop
    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    let service: Service
    var connections: [UInt64: Connection] = [:]
    private var nextID: UInt64 = 0
    private var clock: (any DispatchSourceTimer)?

    var listener: Socket?
    var acceptSource: (any DispatchSourceRead)?
    var isAccepting = false
    var spare: Socket?

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
        startClock()
        await withCheckedContinuation { continuation in
            emptied = continuation
            finishIfEmpty()
        }
        clock?.cancel()
        clock = nil
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
    }

    private func finishIfEmpty() {
        guard isDraining, connections.isEmpty else { return }
        emptied?.resume()
        emptied = nil
    }

    /// One timer looks at every connection some times a second, instead of one timer each.
    private func startClock() {
        let timer = DispatchSource.makeTimerSource(queue: loop.queue)
        timer.schedule(deadline: .now() + 0.1, repeating: 0.1, leeway: .milliseconds(50))
        timer.setEventHandler { [weak self] in self?.assumeIsolated { $0.tick() } }
        clock = timer
        timer.activate()
    }

    private func tick() {
        let now = Instant.now
        for connection in connections.values { connection.assumeIsolated { $0.checkDeadlines(at: now) } }
        if isDraining {
            // Answers that promised to keep the connection may have been sent since the last look.
            for connection in connections.values { connection.assumeIsolated { $0.drain() } }
            if now.seconds(since: drainBegan) > service.timeouts.drain { cancel() }
        } else {
            resumeAccepting()
        }
    }
}
