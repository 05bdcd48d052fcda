import Foundation

/// SQLite's own program with a collection's file open, which knows nothing of its lock.
final class OtherProgram {
    private let process = Process()
    private let input = Pipe(), output = Pipe()

    /// Opens a file.
    init(on path: String) throws {
        process.executableURL = URL(filePath: "/usr/bin/sqlite3")
        process.arguments = ["-bail", path]
        process.standardInput = input
        process.standardOutput = output
        try process.run()
    }

    deinit { kill() }

    /// Runs statements, and returns once they are done.
    func run(_ sql: String) throws {
        try input.fileHandleForWriting.write(contentsOf: Data("\(sql)\n.print done\n".utf8))
        var text = ""
        while !text.contains("done\n") {
            let data = output.fileHandleForReading.availableData
            guard !data.isEmpty else { throw CocoaError(.fileReadUnknown) }
            text += String(decoding: data, as: UTF8.self)
        }
    }

    /// Ends it at once, whatever it is doing.
    func kill() {
        guard process.isRunning else { return }
        Foundation.kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }
}
