import Foundation
import TestSupport
import Testing

/// The real binary serving a collection of one test, which is killed and started again.
struct CollectionServer {
    let program: Program
    let port: UInt16

    /// Starts it on a free port with the bundled weights.
    ///
    /// - Parameter script: what a shell does instead, with the program and its arguments as `"$@"`.
    init(_ database: String, _ arguments: [String] = [], script: String? = nil) async throws {
        program = try Program(Self.arguments(database) + arguments, script: script)
        port = try #require(UInt16(try await program.line(after: "listens on http://127.0.0.1:")))
    }

    /// The command line of such a server.
    static func arguments(_ database: String) -> [String] {
        [
            "serve", "--model", ServedModel.weights, "--database", database, "--port", "0", "--threads", "1",
            "--log-level", "error",
        ]
    }

    /// Ends it as a power cut would, but for the disk's cache.
    func kill() async throws {
        program.send(SIGKILL)
        _ = try await program.status()
    }

    /// Ends it as a user would; the status it ends with.
    func stop() async throws -> Int32 {
        program.send(SIGTERM)
        return try await program.status()
    }

    /// The answer to one request on a connection of its own; nil where the server was gone before it.
    func answer(_ method: String, _ target: String, type: String? = nil, body: [UInt8] = []) async -> Answer? {
        guard let client = try? Client(port: port) else { return nil }
        return await client.answer(method, target, type: type, body: body)
    }

    /// What `dino-server check` says of a collection that nobody serves.
    static func check(_ database: String) async throws -> (status: Int32, text: String) {
        try await Program.run("check", "--database", database)
    }
}

extension Client {
    /// The answer to one request; nil where the connection ended before it.
    func answer(_ method: String, _ target: String, type: String? = nil, body: [UInt8] = []) async -> Answer? {
        await send(Request(method: method, target: target, contentType: type, body: body).bytes)
        return await answer()
    }
}
