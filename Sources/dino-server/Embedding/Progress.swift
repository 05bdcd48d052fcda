import Foundation

/// A line on the terminal that says how far a run is, how fast, and how long it will take; silent elsewhere.
struct Progress {
    private var total: Int
    private let unit: String
    private let initial: Int
    private var done: Int
    private let start = ContinuousClock.now
    private var shown = ContinuousClock.now - .seconds(1)

    /// Progress of a run of `total` steps, `done` of which an earlier run did, counted in `unit`.
    init(total: Int, done: Int, unit: String = "images") {
        self.total = total
        self.unit = unit
        self.done = done
        initial = done
    }

    /// One more step is done; the line changes ten times a second at most.
    mutating func advance() { advance(to: done + 1, of: total) }

    /// So many steps are done of so many.
    mutating func advance(to done: Int, of total: Int) {
        (self.done, self.total) = (done, total)
        guard Terminal.isInteractive, ContinuousClock.now - shown > .milliseconds(100) || done == total else { return }
        shown = .now
        Terminal.write("\r\(line)\u{1B}[K")
    }

    /// Leaves the line.
    func finish() {
        if Terminal.isInteractive, done > initial { Terminal.write("\n") }
    }

    private var line: String {
        let width = 30
        let filled = total == 0 ? width : done * width / total
        let elapsed = (ContinuousClock.now - start) / .seconds(1)
        let rate = Double(done - initial) / max(elapsed, 1e-9)
        let left = Int(min((Double(total - done) / max(rate, 1e-9)).rounded(.up), 1e6))
        let time =
            left >= 3600
            ? "\(left / 3600) h \(left / 60 % 60) min" : left >= 60 ? "\(left / 60) min \(left % 60) s" : "\(left) s"
        return "[" + String(repeating: "#", count: filled) + String(repeating: ".", count: width - filled) + "]"
            + " \(done)/\(total)  " + String(format: "%.1f", rate) + " \(unit)/s  \(time) left"
    }
}

/// Standard error, where people look.
enum Terminal {
    /// Whether somebody watches.
    static var isInteractive: Bool { isatty(STDERR_FILENO) == 1 }

    static func write(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }

    static func error(_ text: String) { write(text + "\n") }
}
