import ArgumentParser
import DINO
import Foundation
import Tensors

/// A server in a process of its own, which ends when it is stopped.
final class ServedProgram {
    let name: String
    let port: UInt16
    static let ours = "dino-server", peer = "FastAPI, ONNX Runtime"
    private let process = Process()

    private init(_ name: String, _ program: String, _ arguments: [String], port: UInt16) throws {
        (self.name, self.port) = (name, port)
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
    }

    deinit { stop() }

    /// This checkout's server, which was built beside this program.
    static func ours(_ folder: URL, _ precision: Precision, threads: Int) throws -> ServedProgram {
        let port = try freePort()
        return try ServedProgram(
            ours, program.path,
            [
                "--model", folder.path, "--database", "none", "--port", "\(port)", "--threads", "\(threads)",
                "--precision", precision.rawValue, "--log-level", "error",
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

    /// Waits until it answers a request with 200.
    func waitUntilReady(_ request: [UInt8]) throws {
        let end = ContinuousClock.now + .seconds(60)
        while ContinuousClock.now < end, process.isRunning {
            if let status = try? answer(request), status == 200 { return }
            usleep(20_000)
        }
        throw ValidationError(
            "\(name) did not answer: is \(process.executableURL?.path ?? "") there, with all that it needs?")
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
