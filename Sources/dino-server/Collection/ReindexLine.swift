import FeatureAPI
import Synchronization

/// How far re-embedding is, on the terminal.
final class ReindexLine: Sendable {
    private struct State {
        var progress: Progress?
        var latest = ReindexProgress()
    }

    private let state = Mutex(State())

    /// The images that cannot be re-embedded, or the first of them.
    var unusable: [ReindexProgress.Unusable] { state.withLock { $0.latest.unusable } }

    /// Shows how far it is; called from any thread.
    func show(_ latest: ReindexProgress) {
        state.withLock { state in
            state.latest = latest
            if state.progress == nil { state.progress = Progress(total: latest.total, done: latest.done) }
            if latest.phase == .embedding { state.progress?.advance(to: latest.done, of: latest.total) }
        }
    }

    /// Leaves the line.
    func finish() { state.withLock { $0.progress?.finish() } }
}
