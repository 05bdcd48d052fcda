import Synchronization

/// A value that one thread waits for and another delivers, at most once; a cancelled waiter leaves at once.
package final class PendingResult<Value: Sendable>: Sendable {
    private enum State {
        case idle
        case waiting(CheckedContinuation<Value, any Error>)
        case settled(Result<Value, any Error>)
    }

    private let state = Mutex(State.idle)

    /// Nothing delivered yet.
    package init() {}

    /// Whether a value, an error or a cancellation has been delivered, so that work on it is wasted.
    package var isSettled: Bool {
        state.withLock { if case .settled = $0 { true } else { false } }
    }

    /// The value; `start` sets off whatever delivers it, and is left out where the task is cancelled already.
    package func value(start: () -> Void) async throws -> Value {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let settled = state.withLock { state -> Result<Value, any Error>? in
                    if case .settled(let result) = state { return result }
                    state = .waiting(continuation)
                    return nil
                }
                if let settled { continuation.resume(with: settled) } else { start() }
            }
        } onCancel: {
            settle(.failure(CancellationError()))
        }
    }

    /// Delivers `result`; ignored where something was delivered before.
    package func settle(_ result: Result<Value, any Error>) {
        let waiting = state.withLock { state -> CheckedContinuation<Value, any Error>? in
            switch state {
            case .settled: return nil
            case .idle:
                state = .settled(result)
                return nil
            case .waiting(let continuation):
                state = .settled(result)
                return continuation
            }
        }
        waiting?.resume(with: result)
    }
}
