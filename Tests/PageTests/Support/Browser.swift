import Foundation

/// A window of headless Chromium.
struct Browser: Sendable {
    private let driver: WebDriver
    private let session: String

    /// Opens one of 1280 × 900 pixels with a profile of its own.
    init(_ driver: WebDriver) async throws {
        var arguments: [JSON] = [
            "--headless=new", "--disable-dev-shm-usage", "--disable-gpu", "--hide-scrollbars", "--window-size=1280,900",
            "--disable-background-networking", "--disable-component-update", "--no-first-run",
        ]
        if getuid() == 0 { arguments.append("--no-sandbox") }
        let answer = try await driver.command(
            "POST", "session",
            [
                "capabilities": [
                    "alwaysMatch": [
                        "browserName": "chrome",
                        "goog:chromeOptions": ["binary": .string(WebDriver.browser), "args": .array(arguments)],
                        "goog:loggingPrefs": ["browser": "ALL"],
                        "timeouts": ["script": 30_000, "pageLoad": 30_000],
                    ]
                ]
            ])
        guard let session = answer["sessionId"].text else {
            throw WebDriver.Failure(command: "POST session", error: "no session", message: answer.description)
        }
        (self.driver, self.session) = (driver, session)
    }

    /// Runs a command of the session, and gives its `value`.
    @discardableResult
    func command(_ method: String, _ path: String, _ parameters: JSON? = nil) async throws -> JSON {
        try await driver.command(method, "session/\(session)/\(path)", parameters)
    }

    func open(_ address: String) async throws { try await command("POST", "url", ["url": .string(address)]) }

    func reload() async throws { try await command("POST", "refresh", [:]) }

    /// What a script's body returns; `arguments` is the array of what is given.
    @discardableResult
    func run(_ script: String, _ arguments: JSON...) async throws -> JSON {
        try await command("POST", "execute/sync", ["script": .string(script), "args": .array(arguments)])
    }

    /// What the body of an asynchronous function returns.
    func runAsync(_ script: String, _ arguments: JSON...) async throws -> JSON {
        let body = """
            const finish = arguments[arguments.length - 1];
            (async (...arguments) => { \(script) })(...arguments).then(finish, (error) => finish(String(error)));
            """
        return try await command("POST", "execute/async", ["script": .string(body), "args": .array(arguments)])
    }

    /// Runs a command of Chromium's own protocol (https://chromedevtools.github.io/devtools-protocol/).
    @discardableResult
    func devTools(_ name: String, _ parameters: JSON = [:]) async throws -> JSON {
        try await command("POST", "goog/cdp/execute", ["cmd": .string(name), "params": parameters])
    }

    /// The messages of the console since the last call, those of the browser itself among them.
    func console() async throws -> [ConsoleMessage] {
        try await command("POST", "se/log", ["type": "browser"]).elements.map {
            ConsoleMessage(
                level: $0["level"].text ?? "", source: $0["source"].text ?? "", text: $0["message"].text ?? "")
        }
    }

    struct ConsoleMessage: Sendable, CustomStringConvertible {
        let level: String
        let source: String
        let text: String

        var isSevere: Bool { level == "SEVERE" }
        var description: String { "\(level) (\(source)) \(text)" }
    }
}
