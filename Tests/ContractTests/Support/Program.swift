import Foundation

/// The binary run to its end.
enum Program {
    /// Its exit status and all it printed on both streams.
    static func run(_ arguments: String...) async throws -> (status: Int32, text: String) {
        let process = Process()
        let pipe = Pipe()
        process.executableURL = ServedModel.binary
        process.arguments = arguments
        process.environment = ["PATH": "/usr/bin:/bin"]
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let data = await Client.offPool { pipe.fileHandleForReading.readDataToEndOfFile() }
        while process.isRunning { try await Task.sleep(for: .milliseconds(5)) }
        return (process.terminationStatus, String(decoding: data, as: UTF8.self))
    }
}
