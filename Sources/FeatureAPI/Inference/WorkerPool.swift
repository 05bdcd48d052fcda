import Foundation

/// A bounded set of threads for work that takes milliseconds of a core: decoding, preprocessing, encoding answers.
///
/// It keeps such work off the cooperative pool, whose few threads have to stay free for the connections.
package final class WorkerPool: Sendable {
    private let queue = OperationQueue()

    /// A pool of at most `width` threads.
    package init(width: Int) {
        queue.maxConcurrentOperationCount = width
        queue.qualityOfService = .userInitiated
    }

    /// What `body` gives on a thread of the pool. Work whose task is cancelled before its turn is not begun.
    package func run<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        let pending = PendingResult<Value>()
        return try await pending.value {
            queue.addOperation {
                guard !pending.isSettled else { return }
                pending.settle(Result(catching: body))
            }
        }
    }
}
