import Foundation
import TestSupport
import Testing

/// The real binary serving the bundled weights with a collection of photographs, and a browser, shared by a suite.
struct ServedPage: Sendable {
    /// Those of the suite that runs.
    @TaskLocal static var current: ServedPage?

    let server: PageServer
    let browser: Browser
}

/// The real binary serving the bundled weights.
struct PageServer: Sendable {
    let program: Program
    let service: HTTPService

    private static let weights = URL(filePath: #filePath)
        .appending(path: "../../../../weights/dino-vit-tiny-8-64").standardizedFileURL.path

    /// Stores a folder's photographs in a collection.
    static func importPhotographs(_ folder: String, database: String) async throws {
        let (status, text) = try await Program.run("import", folder, "--model", weights, "--database", database)
        #expect(status == 0, "\(text)")
    }

    /// Serves a collection, or with `none` nothing but the model, on a free port.
    init(database: String) async throws {
        program = try Program([
            "serve", "--model", Self.weights, "--database", database, "--port", "0", "--log-level", "error",
        ])
        let port = try await program.line(after: "listens on http://127.0.0.1:")
        service = HTTPService(port: try #require(UInt16(port.prefix { $0.isNumber })))
    }

    /// Where the page is.
    var address: String { "http://127.0.0.1:\(service.port)/" }

    /// What it answers to a request for JSON.
    func json(_ target: String) async throws -> JSON {
        let answer = try await service.answer("GET", target)
        #expect(answer.status == 200, "\(target): \(answer.json)")
        return answer.json
    }

    /// Changes what is known of an image.
    func patch(_ id: String, _ change: JSON) async throws {
        let answer = try await service.answer(
            "PATCH", "/v1/images/\(id)", type: "application/merge-patch+json", body: JSONEncoder().encode(change))
        #expect(answer.status == 200, "\(answer.json)")
    }

    /// The ids of the stored images, or of those that a query of `GET /v1/images` holds for.
    func ids(_ query: String = "") async throws -> [String] {
        try await json("/v1/images?limit=500&\(query)")["data"].elements.compactMap { $0["id"].int.map(String.init) }
    }

    /// Ends it as a user would; the status it ends with.
    func stop() async throws -> Int32 {
        program.send(SIGTERM)
        return try await program.status()
    }
}

/// Serves the page to a browser for as long as the tests of a suite run.
struct ServedPageTrait: SuiteTrait, TestScoping {
    let isRecursive = false

    func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
    ) async throws {
        try? FileManager.default.removeItem(at: Browser.screenshots)
        let folder = try TemporaryFolder()
        try Photographs.copyCollection(to: folder.url.appending(path: "photographs"))
        try await PageServer.importPhotographs(folder.path("photographs"), database: folder.path("collection.sqlite"))
        let server = try await PageServer(database: folder.path("collection.sqlite"))
        try await WebDriver.drive { driver in
            let page = ServedPage(server: server, browser: try await Browser(driver))
            try await ServedPage.$current.withValue(page) { try await function() }
        }
        #expect(try await server.stop() == 0)
    }
}

/// Has every test of a suite fail where the console shows an error that the test did not ask for.
struct QuietConsoleTrait: SuiteTrait, TestTrait, TestScoping {
    let isRecursive = true

    func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
    ) async throws {
        try await function()
        guard testCase != nil, let browser = ServedPage.current?.browser else { return }
        let severe = try await browser.console().filter(\.isSevere)
        #expect(severe.isEmpty, "the browser's console during \(test.name)")
    }
}

extension Trait where Self == ServedPageTrait {
    static var servingThePage: Self { ServedPageTrait() }
}

extension Trait where Self == QuietConsoleTrait {
    static var quietConsole: Self { QuietConsoleTrait() }
}
