import Foundation
import Testing

extension PageTests {
    /// The collection as a map.
    @Suite struct MapTests {
        private func waitForPoints(on page: Page) async throws -> Int {
            let count = try await page.browser.wait(
                "points are drawn", until: "return Number(document.querySelector('#map').dataset.points ?? 0);")
            return try #require(count.int)
        }

        @Test func drawsEveryImageOnce() async throws {
            let page = try await Page.open(.map)
            let images = try await page.server.ids().count
            #expect(try await waitForPoints(on: page) == images)
            #expect(try await page.pixels("#map") != 0)
        }

        @Test func theLassoSelectsWhatGetsALabel() async throws {
            let page = try await Page.open(.map)
            let count = try await waitForPoints(on: page)
            try await page.browser.click("#lasso")
            try await page.browser.drag(
                "#map",
                through: [(0.02, 0.02), (0.5, 0.02), (0.5, 0.98), (0.02, 0.98), (0.02, 0.02)].map(Browser.Point.init))
            let selected = try await page.waitForIDs("#map-selected li[data-id]")
            #expect(selected.count < count)
            let map = try await page.server.json("/v1/map")
            let isLeft = Dictionary(
                uniqueKeysWithValues: zip(map["ids"].elements, map["x"].elements).compactMap { id, x in
                    id.int.flatMap { id in x.number.map { (String(id), $0) } }
                })
            let furthestIn = selected.compactMap { isLeft[$0] }.max() ?? 1
            let furthestOut = isLeft.filter { !selected.contains($0.key) }.values.min() ?? -1
            #expect(furthestIn < furthestOut, "the lasso of the left half holds what is left of the rest")
            try await page.browser.type("lassoed", into: "#map-label")
            try await page.browser.click("#map-label-apply")
            try await page.browser.wait("the server has the label of all that the lasso holds") {
                .bool(try await page.server.ids("label=lassoed").sorted() == selected.sorted())
            }
        }

        @Test func aMapOfNeighboursIsMade() async throws {
            let page = try await Page.open(.map)
            let images = try await waitForPoints(on: page)
            let before = try await page.pixels("#map")
            try await page.browser.click("#map-build")
            try await page.browser.wait("the map is drawn anew") { .bool(try await page.pixels("#map") != before) }
            #expect(try await waitForPoints(on: page) == images)
            #expect(try await page.server.json("/v1/map")["method"] == "neighbors")
        }
    }
}
