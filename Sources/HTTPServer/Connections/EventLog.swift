internal import Dispatch
internal import Logging
internal import Synchronization

/// The server's log, written on a queue of its own: a standard error that nobody reads must not stop the sockets.
///
/// While too many lines wait, further ones are dropped and counted; the count is logged as soon as lines are written again.
final class EventLog: Sendable {
    private struct State {
        var waiting = 0
        var dropped = 0
    }

    private let logger: Logger
    private let capacity: Int
    private let queue = DispatchQueue(label: "HTTPServer.log", qos: .utility)
    private let state = Mutex(State())

    init(_ logger: Logger, capacity: Int) {
        self.logger = logger
        self.capacity = capacity
    }

    /// Queues one line.
    func write(_ level: Logger.Level, _ message: Logger.Message, _ metadata: @autoclosure () -> Logger.Metadata = [:]) {
        guard level >= logger.logLevel else { return }
        let hasRoom = state.withLock { state in
            guard state.waiting < capacity else {
                state.dropped += 1
                return false
            }
            state.waiting += 1
            return true
        }
        guard hasRoom else { return }
        let metadata = metadata()
        queue.async { [self] in
            logger.log(level: level, message, metadata: metadata)
            finishLine()
        }
    }

    private func finishLine() {
        let dropped = state.withLock { state in
            state.waiting -= 1
            defer { state.dropped = 0 }
            return state.dropped
        }
        if dropped > 0 { logger.warning("log lines dropped", metadata: ["count": "\(dropped)"]) }
    }

    /// Waits for the lines queued so far, but no longer than `seconds`: whoever reads them may have stopped.
    func flush(within seconds: Double) async {
        let (written, isWritten) = AsyncStream.makeStream(of: Never.self)
        queue.async { isWritten.finish() }
        DispatchQueue.global().asyncAfter(deadline: .now() + seconds) { isWritten.finish() }
        // In a task of its own, because the caller's may be cancelled already.
        await Task { for await _ in written {} }.value
    }
}
