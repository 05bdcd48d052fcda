internal import Synchronization

/// A request that may come before or after the one who acts on it; the action runs once.
final class ShutdownRequest: Sendable {
    private struct State {
        var isRequested = false
        var action: (@Sendable () -> Void)?
    }

    private let state = Mutex(State())

    /// Makes the request.
    func request() {
        let action = state.withLock { state in
            state.isRequested = true
            defer { state.action = nil }
            return state.action
        }
        action?()
    }

    /// Sets the action, and runs it when the request has been made already.
    func whenRequested(_ action: @escaping @Sendable () -> Void) {
        let isRequested = state.withLock { state in
            if !state.isRequested { state.action = action }
            return state.isRequested
        }
        if isRequested { action() }
    }
}
