import Foundation

/// How far a piece of work is and how fast, on standard error: a line that changes where somebody watches, else one every
/// half minute.
final class ProgressLine {
    private let title: String
    private let unit: String
    private let start = ContinuousClock.now
    private var shown = ContinuousClock.now
    private let interval: Duration = TrainTerminal.isInteractive ? .milliseconds(200) : .seconds(30)

    /// The progress of work on things of a `unit`.
    init(_ title: String, unit: String) {
        self.title = title
        self.unit = unit
    }

    /// So many are done.
    func show(_ done: Int, _ total: Int) {
        let now = ContinuousClock.now
        guard now - shown >= interval else { return }
        shown = now
        let rate = Double(done) / max((now - start) / .seconds(1), 1e-9)
        let left = Int(min(Double(total - done) / max(rate, 1e-9), 1e6))
        TrainTerminal.line("\(title)  \(done)/\(total)  \(String(format: "%.1f", rate)) \(unit)/s  \(left) s left")
    }

    /// Leaves the line.
    func finish() { TrainTerminal.endLine() }
}
