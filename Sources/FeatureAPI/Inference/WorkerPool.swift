import Foundation

/// A bounded set of threads for work that takes milliseconds of a core: decoding, preprocessing, encoding answers.
///
/// It keeps such work off the cooperative pool, whose few threads have to stay free for the connections.
package final class WorkerPool: Sendable {
    /// Which of the work that waits goes first.
    package enum Turn: Sendable {
        /// Work that begins with an image.
        case beginning
        /// Work on what the model has computed; it goes first, so that answers leave before more is begun.
        case finishing
    }

    private let queue = OperationQueue()

    /// A pool of at most `width` threads.
    package init(width: Int) {
        queue.maxConcurrentOperationCount = width
        queue.qualityOfService = .userInitiated
    }

    /// Work that is done or waits.
    package var count: Int { queue.operationCount }

    /// What `body` gives on a thread of the pool. Work whose task is cancelled before its turn is not begun.
    package func run<Value: Sendable>(
        _ turn: Turn = .beginning, _ body: @escaping @Sendable () throws -> Value
    ) async throws -> Value {
        let pending = PendingResult<Value>()
        return try await pending.value {
            begin(turn) {
                guard !pending.isSettled else { return }
                pending.settle(Result(catching: body))
            }
        }
    }

    /// Has `body` called on a thread of the pool, and does not wait for it.
    package func begin(_ turn: Turn = .beginning, _ body: @escaping @Sendable () -> Void) {
        let operation = BlockOperation(block: body)
        operation.queuePriority = turn == .finishing ? .high : .normal
        queue.addOperation(operation)
    }
}
