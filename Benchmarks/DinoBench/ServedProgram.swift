import ArgumentParser
import DINO
import Foundation
import Tensors

/// A server in a process of its own, which ends when it is stopped.
final class ServedProgram {
    let name: String
    let port: UInt16
    static let ours = "dino-server", peer = "FastAPI, ONNX Runtime"
    private let program: String
    private let process: Process

    private init(_ name: String, _ program: String, _ arguments: [String], port: UInt16) throws {
        (self.name, self.program, self.port) = (name, program, port)
        process = Process.dependent(program, arguments)
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
    }

    deinit { stop() }

    /// This checkout's server, which was built beside this program.
    static func ours(_ folder: URL, _ precision: Precision, threads: Int) throws -> ServedProgram {
        try ours(folder, precision: precision.rawValue, threads: threads)
    }

    /// The same with any choice of a precision, or another build of it.
    static func ours(
        _ folder: URL, precision: String, threads: Int, program: URL = program
    ) throws -> ServedProgram {
        let port = try freePort()
        return try ServedProgram(
            ours, program.path,
            [
                "--model", folder.path, "--database", "none", "--port", "\(port)", "--threads", "\(threads)",
                "--precision", precision, "--log-level", "error",
            ], port: port)
    }

    /// FastAPI with ONNX Runtime and Pillow.
    static func peer(_ python: String, _ model: URL, threads: Int) throws -> ServedProgram {
        let port = try freePort()
        return try ServedProgram(
            peer, python,
            [Peers.sharedFolder.appendingPathComponent("serve_peer.py").path, model.path, "\(port)", "\(threads)"],
            port: port)
    }

    static var program: URL {
        URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
            .appendingPathComponent("dino-server")
    }

    var processIdentifier: Int32 { process.processIdentifier }

    /// Waits until it answers a request with 200; asks again after so many microseconds.
    func waitUntilReady(_ request: [UInt8], every pause: UInt32 = 20_000) throws {
        let end = ContinuousClock.now + .seconds(60)
        while ContinuousClock.now < end, process.isRunning {
            if let status = try? answer(request), status == 200 { return }
            usleep(pause)
        }
        throw ValidationError(
            "\(name) did not answer: is \(program) there, with all that it needs?")
    }

    private func answer(_ request: [UInt8]) throws -> Int {
        var connection = try KeptConnection(port: port)
        return try connection.exchange(request)
    }

    func stop() {
        guard process.isRunning else { return }
        // It inherited the signals that this thread blocks: SIGTERM might wait for ever.
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }
}
