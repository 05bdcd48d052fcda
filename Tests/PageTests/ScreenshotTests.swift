import Foundation
import Testing

extension PageTests {
    /// Pictures of every tab, for people to look at.
    @Suite struct ScreenshotTests {
        @Test(arguments: Browser.Look.allCases) func keepsPicturesOfEveryTab(_ look: Browser.Look) async throws {
            let page = try await Page.open()
            try await page.browser.take(look)
            try await page.pick(Photographs.siamang)
            try await page.pick(Photographs.cat)
            try await page.waitForIDs("#neighbors li[data-id]")
            try await page.browser.keepScreenshot("look-\(look.rawValue)", isWhole: true)
            for view in ["ncut", "pca"] {
                try await page.view(view)
                try await page.browser.keepScreenshot("look-\(view)-\(look.rawValue)")
            }
            try await page.browser.click("#picture", at: Browser.Point(x: 0.4, y: 0.4))
            try await page.waitForIDs("#regions li[data-id]")
            try await page.browser.keepScreenshot("look-similarity-\(look.rawValue)", isWhole: true)
            for tab in Page.Tab.allCases.dropFirst() {
                try await page.choose(tab)
                if tab == .map {
                    try await page.browser.wait(
                        "points are drawn", until: "return document.querySelector('#map').dataset.points > 0;")
                }
                // Thumbnails are decoded in their own time.
                try await page.browser.wait(
                    "what is in sight is loaded",
                    until: """
                        return [...document.images].every((image) => image.complete || !image.checkVisibility()
                            || image.getBoundingClientRect().top > innerHeight);
                        """)
                try await page.browser.keepScreenshot("\(tab.rawValue)-\(look.rawValue)", isWhole: tab == .model)
            }
            let kept = try FileManager.default.contentsOfDirectory(atPath: Browser.screenshots.path)
            #expect(kept.filter { $0.hasSuffix("-\(look.rawValue).png") }.count >= 8)
        }
    }
}
