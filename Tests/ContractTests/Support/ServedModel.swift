import Foundation
import Synchronization
import TestSupport
import Testing

/// The release binary serving the bundled weights, shared by every test of a suite.
final class ServedModel: Sendable {
    /// The server of the suite that runs.
    @TaskLocal static var current: ServedModel?

    let port: UInt16
    private let process: Process
    private let pipe: Pipe

    static let package = URL(filePath: #filePath).appending(path: "../../../..").standardizedFileURL
    static let weights = package.appending(path: "weights/dino-vit-tiny-8-64").path
    static let binary = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
        .appending(path: "dino-server")

    struct NeverListened: Error {
        let text: String
    }

    /// Starts it on a free port and reads which.
    init() async throws {
        let process = Process()
        let pipe = Pipe()
        process.executableURL = Self.binary
        process.arguments = [
            "serve", "--model", Self.weights, "--database", "none", "--port", "0", "--log-level", "error",
        ]
        process.environment = ["PATH": "/usr/bin:/bin"]
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let printed = await Client.offPool { () -> String in
            var text = ""
            while !text.contains("try: curl") {
                let data = pipe.fileHandleForReading.availableData
                guard !data.isEmpty else { break }
                text += String(decoding: data, as: UTF8.self)
            }
            return text
        }
        let address = printed.split(separator: "\n").first?.split(separator: ":").last
        guard let port = address.flatMap({ UInt16($0) }) else { throw NeverListened(text: printed) }
        self.process = process
        self.pipe = pipe
        self.port = port
    }

    deinit { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }

    func terminate() { process.terminate() }

    /// The exit status; a signal's number is negative.
    func status() async throws -> Int32 {
        while process.isRunning { try await Task.sleep(for: .milliseconds(5)) }
        return process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus
    }
}

/// Serves the bundled weights for as long as the tests of a suite run.
struct ServingTrait: SuiteTrait, TestScoping {
    let isRecursive = false

    func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
    ) async throws {
        let server = try await ServedModel()
        try await ServedModel.$current.withValue(server) { try await function() }
        server.terminate()
        #expect(try await server.status() == 0)
    }
}

extension Trait where Self == ServingTrait {
    static var servingTheBundledModel: Self { ServingTrait() }
}
