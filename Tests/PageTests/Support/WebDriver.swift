import Foundation
import TestSupport

/// Chromium's `chromedriver`, asked in the words of https://www.w3.org/TR/webdriver2/.
final class WebDriver: Sendable {
    private let program: Program
    private let home: TemporaryFolder
    private let address: URL

    static let browser = "/usr/bin/chromium"
    static let driver = "/usr/bin/chromedriver"

    /// Whether tests that need it run: where it is absent they are skipped, except under CI, where they fail.
    static let isWanted =
        [browser, driver].allSatisfy { FileManager.default.isExecutableFile(atPath: $0) }
        || ProcessInfo.processInfo.environment["CI"] != nil

    /// An error that the driver answered with.
    struct Failure: Error, CustomStringConvertible {
        let command: String
        let error: String
        let message: String

        var description: String { "chromedriver's answer to \(command): \(error): \(message)" }
    }

    /// Starts it on a free port, with an empty home.
    init() async throws {
        home = try TemporaryFolder()
        program = try Program(
            [], environment: ["HOME": home.url.path], script: "exec \(Self.driver) --port=0 --log-level=SEVERE")
        let port = try await program.line(after: "started successfully on port ").filter(\.isNumber)
        guard let url = URL(string: "http://127.0.0.1:\(port)") else {
            throw Failure(command: "start", error: "no port", message: program.text)
        }
        address = url
    }

    /// Ends it; sessions are to be ended before.
    func stop() async throws {
        program.send(SIGTERM)
        _ = try await program.status()
    }

    /// Runs one command, and gives its `value`.
    func command(_ method: String, _ path: String, _ parameters: JSON? = nil) async throws -> JSON {
        let answer = try await HTTPAnswer.of(
            method, address.appending(path: path), type: parameters.map { _ in "application/json" },
            body: parameters.map { try JSONEncoder().encode($0) })
        let value = answer.json["value"]
        guard answer.status == 200 else {
            throw Failure(
                command: "\(method) \(path)", error: value["error"].text ?? "status \(answer.status)",
                message: value["message"].text ?? "")
        }
        return value
    }
}
