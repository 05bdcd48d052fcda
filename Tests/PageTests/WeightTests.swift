import Foundation
import Testing

extension PageTests {
    /// How much the page is, and how soon it is there.
    @Suite struct WeightTests {
        @Test func isSmallAndSoonThere() async throws {
            let page = try await Page.open()
            try await page.browser.devTools("Network.enable")
            try await page.browser.devTools("Network.clearBrowserCache")
            try await page.browser.reload()
            try await page.waitForTab(.look)
            let measured = try await page.browser.wait(
                "the first paint is known",
                until: """
                    const [paint] = performance.getEntriesByName("first-contentful-paint");
                    const own = [
                        ...performance.getEntriesByType("navigation"),
                        ...performance.getEntriesByType("resource").filter(({ name }) => name.includes("/page/")),
                    ];
                    return paint && {
                        "first contentful paint, ms": paint.startTime,
                        "files": own.length,
                        "bytes": own.reduce((sum, { transferSize }) => sum + transferSize, 0),
                    };
                    """)
            let files = try #require(measured["files"].int)
            let bytes = try #require(measured["bytes"].number)
            let paint = try #require(measured["first contentful paint, ms"].number)
            #expect(files > 2)
            #expect(bytes > 1_000 && bytes < 150_000)
            // Ten times what is promised of an idle machine: other tests may run at the same time.
            #expect(paint < 3_000)
            print(
                "the page: \(files) files of \(Int(bytes)) bytes, first contentful paint after \(Int(paint)) ms"
            )
            try FileManager.default.createDirectory(at: Browser.screenshots, withIntermediateDirectories: true)
            try Data("\(measured)\n".utf8).write(to: Browser.screenshots.appending(path: "measured.json"))
        }
    }
}
