import Foundation

/// A line on the terminal that says how far a piece of work is and how fast; silent where nobody watches.
final class ProgressLine {
    private let title: String
    private let unit: String
    private let start = ContinuousClock.now
    private var shown: ContinuousClock.Instant?

    /// The progress of work on things of a `unit`.
    init(_ title: String, unit: String) {
        self.title = title
        self.unit = unit
    }

    /// So many are done; the line changes ten times a second at most.
    func show(_ done: Int, _ total: Int) {
        guard isatty(STDERR_FILENO) == 1 else { return }
        if let shown, ContinuousClock.now - shown < .milliseconds(100), done < total { return }
        shown = .now
        let seconds = max((ContinuousClock.now - start) / .seconds(1), 1e-9), rate = Double(done) / seconds
        let left = Int(min(Double(total - done) / max(rate, 1e-9), 1e6))
        Self.write("\r\(title)  \(done)/\(total)  \(String(format: "%.1f", rate)) \(unit)/s  \(left) s left\u{1B}[K")
    }

    /// Leaves the line.
    func finish() {
        if shown != nil { Self.write("\n") }
        shown = nil
    }

    /// Text on standard error.
    static func write(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }
}
