import Foundation

/// A line on the terminal that says how far a run is, how fast, and how long it will take; silent elsewhere.
struct Progress {
    let total: Int
    private let initial: Int
    private var done: Int
    private let start = ContinuousClock.now
    private var shown = ContinuousClock.now - .seconds(1)

    /// Progress of a run of `total` steps, `done` of which an earlier run did.
    init(total: Int, done: Int) {
        self.total = total
        self.done = done
        initial = done
    }

    /// One more step is done; the line changes ten times a second at most.
    mutating func advance() {
        done += 1
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
            + " \(done)/\(total)  " + String(format: "%.1f", rate) + " images/s  \(time) left"
    }
}

/// Standard error, where people look.
enum Terminal {
    /// Whether somebody watches.
    static var isInteractive: Bool { isatty(STDERR_FILENO) == 1 }

    static func write(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }

    static func error(_ text: String) { write(text + "\n") }
}
