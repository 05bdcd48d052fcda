import Foundation
import Testing

extension PageTests {
    /// The ways in which a photograph is shown.
    @Suite struct AttentionTests {
        /// What the server says of the cat at the resolution that the page shows.
        private func attend(_ query: String, on page: Page) async throws -> JSON {
            let size = try #require(try await page.browser.run("return document.querySelector('#size').value;").text)
            let answer = try await page.server.service.answer(
                "POST", "/v1/attention?\(query)&size=\(size)", type: "image/jpeg",
                body: Data(contentsOf: Photographs.cat))
            #expect(answer.status == 200, "\(answer.json)")
            return answer.json
        }

        /// The number of patches in a mask of the server.
        private func patches(head: String, threshold: Int, on page: Page) async throws -> Int {
            try await attend("heads=\(head)&threshold=\(Double(threshold) / 100)", on: page)["maps"][0]["patches"]
                .elements
                .count
        }

        /// Waits until the page says so many patches.
        private func waitForMask(of count: Int, on page: Page, _ what: String) async throws {
            try await page.browser.wait(
                what,
                until: """
                    return Number(document.querySelector("#mask-share").dataset.patches) === arguments[0];
                    """, .number(Double(count)))
        }

        @Test func theThresholdChangesTheMask() async throws {
            let page = try await Page.open()
            try await page.pick(Photographs.cat)
            try await page.move("#head", to: -1)
            var sizes = [Int](), pictures = Set<Int>()
            for threshold in [20, 60, 95] {
                try await page.move("#threshold", to: threshold)
                let expected = try await patches(head: "mean", threshold: threshold, on: page)
                try await waitForMask(of: expected, on: page, "the mask at \(threshold) %")
                sizes.append(expected)
                pictures.insert(try await page.pixels())
                #expect(try await page.text("#threshold-value").contains("\(threshold)"))
            }
            #expect(sizes == sizes.sorted() && Set(sizes).count == 3)
            #expect(pictures.count == 3)
        }

        @Test func everyHeadHasItsOwnMask() async throws {
            let page = try await Page.open()
            try await page.pick(Photographs.cat)
            let heads = try await page.server.json("/v1/models")["data"][0]["architecture"]["num_heads"].int ?? 0
            try #require(heads > 0)
            #expect(try await page.browser.run("return Number(document.querySelector('#head').max);").int == heads - 1)
            var pictures = Set<Int>(), names = Set<String>()
            for (head, name) in [(-2, "max"), (-1, "mean")] + (0..<heads).map({ ($0, String($0)) }) {
                try await page.move("#head", to: head)
                try await waitForMask(
                    of: patches(head: name, threshold: 60, on: page), on: page, "the mask of head \(name)")
                pictures.insert(try await page.pixels())
                names.insert(try await page.text("#head-name"))
            }
            #expect(pictures.count == heads + 2)
            #expect(names.count == heads + 2)
        }

        @Test func theCutIsDrawn() async throws {
            let page = try await Page.open()
            try await page.pick(Photographs.cat)
            let attention = try await page.pixels()
            try await page.view("ncut")
            #expect(try await page.pixels() != attention)
            let answer = try await attend("method=ncut", on: page)
            let area = try #require(answer["maps"][0]["area"].number)
            let pixels = try #require(answer["image"]["width"].number) * #require(answer["image"]["height"].number)
            let share = String(format: "%.1f\u{A0}%%", 100 * area / pixels)
            #expect(area > 0 && area < pixels)
            #expect(try await page.text("#cut-share").contains(share), "not \(share)")
        }

        @Test func thePrincipalComponentsAreDrawnInColours() async throws {
            let page = try await Page.open()
            try await page.pick(Photographs.cat)
            let attention = try await page.pixels()
            try await page.view("pca")
            #expect(try await page.pixels() != attention)
            let hues = try await page.browser.run(
                """
                const canvas = document.querySelector("#picture");
                const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
                const seen = [0, 0, 0];
                for (let i = 0; i < data.length; i += 4) {
                    const [red, green, blue] = data.subarray(i, i + 3);
                    const largest = Math.max(red, green, blue);
                    if (largest - Math.min(red, green, blue) < 60) continue;
                    seen[[red, green, blue].indexOf(largest)] += 4 / data.length;
                }
                return seen;
                """
            ).elements.compactMap(\.number)
            #expect(hues.count == 3 && hues.allSatisfy { $0 > 0.02 }, "the shares of red, green and blue: \(hues)")
        }

        @Test func worksWithoutACollection() async throws {
            let server = try await PageServer(database: "none")
            let page = try await Page.open(of: server)
            try await page.pick(Photographs.cat)
            let before = try await page.pixels()
            try await page.move("#threshold", to: 95)
            try await waitForMask(of: patches(head: "mean", threshold: 95, on: page), on: page, "the mask at 95 %")
            #expect(try await page.pixels() != before)
            #expect(
                try await !page.browser.run("return document.querySelector('#problem').checkVisibility();").isTruthy)
            try await page.browser.open("about:blank")
            #expect(try await server.stop() == 0)
        }
    }
}
