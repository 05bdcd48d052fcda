import Foundation
import TestSupport
import Testing

/// Chromium's `chromedriver`, asked in the words of https://www.w3.org/TR/webdriver2/.
final class WebDriver: Sendable {
    private let program: Program
    private let home: TemporaryFolder
    private let service: HTTPService

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

    /// Starts it for some work, and ends it and every browser that it opened.
    static func drive(_ work: (WebDriver) async throws -> Void) async throws {
        let driver = try await WebDriver()
        do {
            try await work(driver)
        } catch {
            try await driver.stop()
            throw error
        }
        try await driver.stop()
    }

    /// Starts it on a free port, with an empty home.
    private init() async throws {
        home = try TemporaryFolder()
        program = try Program(
            [], environment: ["HOME": home.url.path], script: "exec \(Self.driver) --port=0 --log-level=SEVERE")
        let port = try await program.line(after: "started successfully on port ")
        service = HTTPService(port: try #require(UInt16(port.prefix { $0.isNumber })))
    }

    /// Ends it by a command of its own: signals but SIGKILL, which leaves its browsers running, are blocked in a child of a
    /// thread that blocks them.
    private func stop() async throws {
        _ = try await service.answer("GET", "/shutdown")
        #expect(try await program.status() == 0)
    }

    /// Runs one command, and gives its `value`.
    func command(_ method: String, _ path: String, _ parameters: JSON? = nil) async throws -> JSON {
        let answer = try await service.answer(
            method, "/" + path, type: "application/json",
            body: parameters.map { try JSONEncoder().encode($0) } ?? Data())
        let value = answer.json["value"]
        guard answer.status == 200 else {
            throw Failure(
                command: "\(method) \(path)", error: value["error"].text ?? "status \(answer.status)",
                message: value["message"].text ?? "")
        }
        return value
    }
}
