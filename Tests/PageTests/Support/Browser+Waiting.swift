import Foundation

/// Waiting for what the page does in its own time.
extension Browser {
    /// What did not happen, with what was seen last.
    struct NeverHappened: Error, CustomStringConvertible {
        let what: String
        let lastSeen: JSON
        let status: JSON
        let screenshot: String

        var description: String {
            "\(what): not within the time. Last seen: \(lastSeen). The page says: \(status). See \(screenshot)"
        }
    }

    /// What a script's body returns, once that is neither false, 0, null nor empty.
    ///
    /// - Parameters:
    ///   - what: what is waited for, in words, for the error.
    ///   - seconds: how long.
    @discardableResult
    func wait(_ what: String, until script: String, _ arguments: JSON..., seconds: Double = 30) async throws -> JSON {
        let parameters: JSON = ["script": .string(script), "args": .array(arguments)]
        return try await wait(what, seconds: seconds) { try await command("POST", "execute/sync", parameters) }
    }

    /// What `look` gives, once that is neither false, 0, null nor empty.
    @discardableResult
    func wait(_ what: String, seconds: Double = 30, _ look: () async throws -> JSON) async throws -> JSON {
        let end = ContinuousClock.now + .seconds(seconds)
        var seen = try await look()
        while !seen.isTruthy, ContinuousClock.now < end {
            try await Task.sleep(for: .milliseconds(40))
            seen = try await look()
        }
        if seen.isTruthy { return seen }
        let name = "failure-" + what.map { $0.isLetter || $0.isNumber ? String($0) : "-" }.joined()
        try await keepScreenshot(name)
        throw NeverHappened(
            what: what, lastSeen: seen,
            status: try await run(
                "return ['status', 'problem'].map((id) => document.getElementById(id)?.textContent);"),
            screenshot: Self.screenshots.appending(path: name + ".png").path)
    }
}
