import DINOTraining
import Foundation
import Synchronization

/// What a run shows on standard error: one line that changes where somebody watches, else a line now and then.
final class TrainTerminal {
    private let interval: Duration
    private var shown: ContinuousClock.Instant?

    /// Whether somebody watches.
    static let isInteractive = isatty(STDERR_FILENO) == 1
    /// Whether the last thing written is a line that the next one replaces.
    private static let hasOpenLine = Atomic(false)

    init() { interval = Self.isInteractive ? .milliseconds(200) : .seconds(30) }

    /// Shows what a run tells.
    func show(_ event: RunEvent) {
        switch event {
        case .status(let status): show(status)
        case .saved(let step, let path): Self.note("step \(step): saved \(path)")
        case .evaluated(let step, let knn):
            Self.note(String(format: "step %d: k-NN of the teacher %.2f %%", step, 100 * knn))
        case .collapsed(let step, let collapse): Self.note("step \(step): WARNING: \(collapse.description)")
        }
    }

    private func show(_ status: RunStatus) {
        let now = ContinuousClock.now
        if let shown, now - shown < interval, status.progress < 1 { return }
        shown = now
        Self.line(status.line)
    }

    /// A line that the next one replaces where somebody watches.
    static func line(_ text: String) {
        guard isInteractive else { return write(text + "\n") }
        write("\r\(text)\u{1B}[K")
        hasOpenLine.store(true, ordering: .relaxed)
    }

    /// A line that stays.
    static func note(_ text: String) {
        let feed = hasOpenLine.exchange(false, ordering: .relaxed) ? "\n" : ""
        write("\(feed)\(text)\n")
    }

    /// Leaves the line that changes as it is.
    static func endLine() {
        if hasOpenLine.exchange(false, ordering: .relaxed) { write("\n") }
    }

    /// Writes as well as it can: a training does not end because nobody reads, or the disk with its lines is full.
    private static func write(_ text: String) { try? FileHandle.standardError.write(contentsOf: Data(text.utf8)) }
}
