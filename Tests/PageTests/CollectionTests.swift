import Foundation
import Testing

extension PageTests {
    /// The collection as a grid and as a map, and its labels.
    @Suite struct CollectionTests {
        @Test func aLabelIsThereAfterAReload() async throws {
            let page = try await Page.open(.collection)
            let id = try #require(try await page.waitForIDs("#grid li[data-id]").first)
            let field = "#grid li[data-id='\(id)'] .label"
            for label in ["heron", "egret"] {
                try await page.browser.run("document.querySelector(arguments[0]).select();", .string(field))
                try await page.browser.type(label, into: field)
                try await page.browser.press(label == "heron" ? .enter : .tab)
                try await page.browser.wait("the server has the label \(label)") {
                    .bool(try await page.server.json("/v1/images/\(id)")["label"].text == label)
                }
                try await page.browser.reload()
                try await page.waitForTab(.collection)
                try await page.browser.wait(
                    "the label is shown again",
                    until: "return document.querySelector(arguments[0])?.value === arguments[1];", .string(field),
                    .string(label))
            }
        }

        @Test func theGridIsFilteredByLabel() async throws {
            let page = try await Page.open(.collection)
            let all = try await page.waitForIDs("#grid li[data-id]", atLeast: 20)
            let label = try #require(try await page.server.json("/v1/images?limit=1")["data"][0]["label"].text)
            let labelled = try await page.server.ids("label=\(label)")
            try await page.browser.type(label, into: "#label-filter")
            try await page.browser.press(.enter)
            let shown = try await page.browser.wait(
                "some images are left out",
                until: """
                    const items = document.querySelectorAll("#grid li[data-id]");
                    const ids = [...items].map(({ dataset }) => dataset.id);
                    return ids.length > 0 && ids.length < arguments[0] && ids;
                    """, .number(Double(all.count))
            ).elements.compactMap(\.text)
            #expect(shown.sorted() == labelled.sorted())
        }

        @Test func aPhotographOfTheCollectionIsLookedAt() async throws {
            let page = try await Page.open(.collection)
            let id = try #require(try await page.waitForIDs("#grid li[data-id]").first)
            try await page.browser.click("#grid li[data-id='\(id)'] .look")
            try await page.waitForTab(.look)
            try await page.waitForDrawing(after: 0, view: "attention")
            #expect(try await !page.waitForIDs("#neighbors li[data-id]").contains(id))
        }
    }
}
