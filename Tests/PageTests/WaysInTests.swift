import Foundation
import TestSupport
import Testing

extension PageTests {
    /// Each way for a photograph to reach the page, and that what is shown for it is the server's answer.
    @Suite struct WaysInTests {
        /// The ids that the server finds for a photograph, the best first.
        private func neighbors(_ photograph: URL, of page: Page, count: Int) async throws -> [String] {
            let answer = try await page.server.service.answer(
                "POST", "/v1/search?k=\(count)", type: "image/jpeg", body: Data(contentsOf: photograph))
            return answer.json["hits"].elements.compactMap { $0["id"].int.map(String.init) }
        }

        private func expectNeighbors(of photograph: URL, on page: Page) async throws {
            let shown = try await page.waitForIDs("#neighbors li[data-id]")
            #expect(try await shown == neighbors(photograph, of: page, count: shown.count))
            try await page.waitForDrawing(after: 0, view: "attention")
        }

        @Test func aDroppedFileFindsItsNeighbours() async throws {
            let page = try await Page.open()
            let box = try await page.browser.run(
                "const box = document.querySelector('#drop').getBoundingClientRect(); return [box.x + 20, box.y + 20];")
            for kind in ["dragEnter", "dragOver", "drop"] {
                try await page.browser.devTools(
                    "Input.dispatchDragEvent",
                    [
                        "type": .string(kind), "x": box[0], "y": box[1],
                        "data": ["items": [], "files": [.string(Photographs.cat.path)], "dragOperationsMask": 1],
                    ])
            }
            try await expectNeighbors(of: Photographs.cat, on: page)
        }

        /// A script that makes a `DataTransfer` with a photograph.
        private static let transfer = """
            const bytes = Uint8Array.from(atob(arguments[0]), (character) => character.charCodeAt(0));
            const transfer = new DataTransfer();
            transfer.items.add(new File([bytes], "photograph.jpg", { type: "image/jpeg" }));
            """

        @Test func aFileMayBeDroppedAnywhere() async throws {
            let page = try await Page.open(.model)
            try await page.browser.run(
                Self.transfer + """
                    for (const kind of ["dragenter", "dragover", "drop"]) {
                        document.body.dispatchEvent(
                            new DragEvent(kind, { bubbles: true, cancelable: true, dataTransfer: transfer }));
                    }
                    """, .string(Data(contentsOf: Photographs.cat).base64EncodedString()))
            try await page.waitForTab(.look)
            try await expectNeighbors(of: Photographs.cat, on: page)
        }

        @Test func aFileMayBePasted() async throws {
            let page = try await Page.open()
            try await page.browser.run(
                Self.transfer + """
                    document.body.dispatchEvent(
                        new ClipboardEvent("paste", { bubbles: true, cancelable: true, clipboardData: transfer }));
                    """, .string(Data(contentsOf: Photographs.siamang).base64EncodedString()))
            try await expectNeighbors(of: Photographs.siamang, on: page)
        }

        @Test func filesMayBePickedTogether() async throws {
            let page = try await Page.open()
            let both = [Photographs.cat, Photographs.siamang]
            try await page.browser.type(both.map(\.path).joined(separator: "\n"), into: "#file")
            try await page.browser.wait(
                "two photographs are listed",
                until: "return document.querySelectorAll('#photographs button').length === 2;")
            let shown = try await page.waitForIDs("#neighbors li[data-id]")
            #expect(!shown.isEmpty)
        }

        @Test func aFileThatIsNoPhotographIsRefusedInTheServersWords() async throws {
            let page = try await Page.open()
            let folder = try TemporaryFolder()
            let file = try folder.write("note.jpg", "This is no photograph.".utf8)
            let answer = try await page.server.service.answer(
                "POST", "/v1/embeddings", type: "image/jpeg", body: Data(contentsOf: file))
            let detail = try #require(answer.json["detail"].text)
            try await page.browser.type(file.path, into: "#file")
            let shown = try await page.browser.wait(
                "the problem is shown",
                until:
                    """
                    const problem = document.querySelector("#problem");
                    return problem.checkVisibility() && problem.textContent;
                    """
            )
            #expect(shown.text?.contains(detail) == true, "\(shown) is not \(detail)")
            // The browser itself reports every answer of 400 and more.
            let severe = try await page.browser.console().filter(\.isSevere)
            #expect(severe.allSatisfy { $0.source == "network" && $0.text.contains("\(answer.status)") }, "\(severe)")
        }

        /// Without it a collection of another model's vectors would answer as if they could be compared.
        @Test func asksWithTheFingerprintOfItsVector() async throws {
            let page = try await Page.open()
            try await page.browser.run(
                """
                const fetched = window.fetch;
                window.asked = {};
                window.fetch = (url, options) => {
                    if (/search|classify/.test(url)) window.asked[url] = JSON.parse(options.body).fingerprint;
                    return fetched(url, options);
                };
                """)
            try await page.pick(Photographs.cat)
            try await expectNeighbors(of: Photographs.cat, on: page)
            let own = try await page.server.json("/v1/models")["data"][0]["fingerprint"].text
            #expect(own != nil)
            for url in ["/v1/search", "/v1/classify"] {
                #expect(
                    try await page.browser.run("return window.asked[arguments[0]];", .string(url)).text == own, "\(url)"
                )
            }
        }

        @Test func keepsAPhotographInTheCollection() async throws {
            let page = try await Page.open()
            let before = try await page.server.ids()
            try await page.pick(Photographs.siamang)
            try await page.browser.click("#store")
            let id = try await page.browser.wait("the server has one image more") {
                try await page.server.ids().first { !before.contains($0) }.map { .string($0) } ?? .null
            }
            try await page.choose(.collection)
            try await page.browser.wait(
                "the new image is in the grid, and its thumbnail loaded before it is removed",
                until: """
                    const image = document.querySelector(`#grid li[data-id='${arguments[0]}'] img`);
                    image?.scrollIntoView();
                    return image !== null && image.naturalWidth > 0;
                    """, id)
            #expect(try await page.server.service.answer("DELETE", "/v1/images/\(id.text ?? "")").status == 204)
        }
    }
}
