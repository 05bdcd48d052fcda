import Foundation
import Testing

extension PageTests {
    /// That what the other tests rely on tells the truth.
    @Suite struct WebDriverTests {
        @Test func reportsAnErrorOfTheConsole() async throws {
            let browser = try #require(ServedPage.current).browser
            try await browser.run("console.error('seen');")
            let severe = try await browser.console().filter(\.isSevere)
            #expect(severe.count == 1)
            #expect(severe.first?.text.contains("seen") == true)
        }

        @Test func failsWithWhatWasSeenLast() async throws {
            let browser = try #require(ServedPage.current).browser
            let error = await #expect(throws: Browser.NeverHappened.self) {
                try await browser.wait("a zero is one", until: "return arguments[0];", 0, seconds: 0.1)
            }
            #expect(error?.lastSeen == 0)
            let screenshot = try #require(error?.screenshot)
            #expect(FileManager.default.fileExists(atPath: screenshot))
            try FileManager.default.removeItem(atPath: screenshot)
        }

        @Test func saysWhichCommandFailed() async throws {
            let browser = try #require(ServedPage.current).browser
            let error = await #expect(throws: WebDriver.Failure.self) { try await browser.find("#nowhere") }
            #expect(error?.error == "no such element")
        }
    }
}
