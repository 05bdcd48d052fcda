import Foundation
import Testing

extension PageTests {
    /// What is like a patch: in its photograph, in a second one, and in the collection.
    @Suite struct SimilarityTests {
        /// Opens the page with two photographs, the cat before the siamang.
        private func openTwo() async throws -> Page {
            let page = try await Page.open()
            try await page.pick(Photographs.siamang)
            try await page.pick(Photographs.cat)
            try await page.browser.run(
                """
                const choice = document.querySelector("#second-choice");
                const other = [...choice.options].find(({ text }) => text.includes("siamang"));
                choice.value = other.value;
                choice.dispatchEvent(new Event("change", { bubbles: true }));
                """)
            return page
        }

        /// Waits until both photographs are drawn for another patch, and gives it.
        private func waitForPatch(other than: String?, on page: Page, after second: Int) async throws -> String {
            let patch = try await page.browser.wait(
                "both photographs show what is like the patch",
                until: """
                    const { view, patch } = document.querySelector("#picture").dataset;
                    const second = Number(document.querySelector("#second").dataset.revision);
                    return view === "similarity" && patch !== arguments[0] && second > arguments[1] && patch;
                    """, than.map { .string($0) } ?? .null, .number(Double(second)))
            return try #require(patch.text)
        }

        @Test func aClickOnAPatchShowsWhatIsLikeItEverywhere() async throws {
            let page = try await openTwo()
            let attention = try await page.pixels()
            var patches = [String?](), pictures: Set = [attention], seconds = Set<Int>()
            for point in [Browser.Point(x: 0.5, y: 0.5), Browser.Point(x: 0.3, y: 0.2)] {
                let revision = try await page.revision("#second")
                try await page.browser.click("#picture", at: point)
                patches.append(try await waitForPatch(other: patches.last ?? nil, on: page, after: revision))
                pictures.insert(try await page.pixels())
                seconds.insert(try await page.pixels("#second"))
            }
            #expect(pictures.count == 3)
            #expect(seconds.count == 2)
            let regions = try await page.waitForIDs("#regions li[data-id]")
            #expect(try await Set(regions).isSubset(of: page.server.ids()))
        }

        @Test func arrowKeysMoveThePatchAndEnterPinsIt() async throws {
            let page = try await openTwo()
            try await page.browser.click("#picture", at: Browser.Point(x: 0.5, y: 0.5))
            var place = try await waitForPatch(other: nil, on: page, after: 0).split(separator: ",").compactMap {
                Int($0)
            }
            try #require(place.count == 2)
            for (key, row, column) in [(Browser.Key.right, 0, 1), (.down, 1, 0), (.left, 0, -1), (.up, -1, 0)] {
                let before = try await (page.pixels(), page.revision("#second"))
                try await page.browser.press(key, .enter)
                let there = "\(place[0]),\(place[1])"
                let now = try await waitForPatch(other: there, on: page, after: before.1)
                place = [place[0] + row, place[1] + column]
                #expect(now == "\(place[0]),\(place[1])")
                #expect(try await page.pixels() != before.0)
            }
        }
    }
}
