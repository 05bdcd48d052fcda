import Foundation
import Synchronization

/// One of the package's binaries, run as a user runs it.
public final class Program: Sendable {
    private let process: Process
    private let output = Output()
    private let pipe = Pipe()

    /// Starts the program; both output streams are collected together.
    ///
    /// - Parameters:
    ///   - name: The binary: `dino-server` or `dino-train`.
    ///   - largestFile: The length in blocks of `ulimit -f` that no file it writes may exceed.
    ///   - script: What a shell does instead, with the program and its arguments as `"$@"`.
    public init(
        _ arguments: [String], of name: String = "dino-server", environment: [String: String] = [:],
        largestFile: Int? = nil, script: String? = nil
    ) throws {
        process = Process()
        let program = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent().appending(path: name)
        if let script = script ?? largestFile.map({ "ulimit -c 0 && ulimit -f \($0) && exec \"$@\"" }) {
            process.executableURL = URL(filePath: "/bin/sh")
            process.arguments = ["-c", script, "sh", program.path] + arguments
        } else {
            process.executableURL = program
            process.arguments = arguments
        }
        process.environment = environment.merging(["PATH": "/usr/bin:/bin"]) { own, _ in own }
        process.standardOutput = pipe
        process.standardError = pipe
        pipe.fileHandleForReading.readabilityHandler = { [output] handle in
            let data = handle.availableData
            output.data.withLock { $0 += data }
        }
        try process.run()
    }

    deinit {
        pipe.fileHandleForReading.readabilityHandler = nil
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    }

    /// What it printed so far.
    public var text: String { output.data.withLock { String(decoding: $0, as: UTF8.self) } }

    /// Sends a signal.
    public func send(_ signal: Int32) { kill(process.processIdentifier, signal) }

    /// The exit status, once it ended and all it printed is read; a signal's number is negative.
    public func status() async throws -> Int32 {
        while process.isRunning { try await Task.sleep(for: .milliseconds(5)) }
        try await Task.sleep(for: .milliseconds(20))
        return process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus
    }

    /// The text after `marker` up to the end of its line, once it is printed.
    public func line(after marker: String) async throws -> String {
        while process.isRunning {
            if let start = text.range(of: marker), let end = text[start.upperBound...].firstIndex(of: "\n") {
                return String(text[start.upperBound..<end])
            }
            try await Task.sleep(for: .milliseconds(5))
        }
        throw EndedEarly(text: text)
    }

    private final class Output: Sendable {
        let data = Mutex(Data())
    }

    /// A program that ended before it printed what was waited for.
    public struct EndedEarly: Error {
        let text: String
    }

    /// Runs to the end.
    public static func run(
        _ arguments: String..., of name: String = "dino-server", environment: [String: String] = [:]
    ) async throws -> (status: Int32, text: String) {
        let program = try Program(arguments, of: name, environment: environment)
        let status = try await program.status()
        return (status, program.text)
    }
}
