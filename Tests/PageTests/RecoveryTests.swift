import Testing

extension PageTests {
    /// What failed or leads nowhere is said, and can be put right where it happened.
    @Suite struct RecoveryTests {
        private func look(for problem: Bool, on page: Page) async throws {
            try await page.browser.wait(
                "the error is \(problem ? "shown" : "gone")",
                until: "return document.querySelector('#problem').checkVisibility() === arguments[0];", .bool(problem))
        }

        /// Has no request of the page arrive, or each again.
        private func cutOff(_ isCutOff: Bool, _ page: Page) async throws {
            try await page.browser.run(
                """
                window.whole ??= window.fetch;
                window.fetch = arguments[0] ? () => Promise.reject(new TypeError("cut off")) : window.whole;
                """, .bool(isCutOff))
        }

        @Test func aServerThatAnswersAgainIsNotCalledUnreachable() async throws {
            let page = try await Page.open(.collection)
            try await page.waitForIDs("#grid li[data-id]")
            try await cutOff(true, page)
            try await page.choose(.map)
            try await look(for: true, on: page)
            try await cutOff(false, page)
            try await page.choose(.jobs)
            try await look(for: false, on: page)
        }

        @Test func aRefusalStaysWhileOtherRequestsSucceed() async throws {
            let page = try await Page.open(.collection)
            let id = try #require(try await page.waitForIDs("#grid li[data-id]").first)
            let label = try await page.server.json("/v1/images/\(id)")["label"]
            let field = "#grid li[data-id='\(id)'] .label"
            try await page.browser.run("document.querySelector(arguments[0]).select();", .string(field))
            try await page.browser.type(String(repeating: "ä", count: 200), into: field)
            try await page.browser.press(.enter)
            // The refusal is in the console, as every answer of 400 and more is.
            try await look(for: true, on: page)
            #expect(
                try await page.browser.console().filter(\.isSevere).allSatisfy { $0.text.contains("/v1/images/\(id)") })
            #expect(try await page.count("\(field)[aria-invalid=true]") == 1)
            try await page.choose(.model)
            try await page.choose(.jobs)
            try await page.browser.wait(
                "the generations are listed", until: "return document.querySelector('#generations td') !== null;")
            try await look(for: true, on: page)
            #expect(try await page.server.json("/v1/images/\(id)")["label"] == label)
        }

        @Test func aViewThatFailedIsNotDrawnAndCanBeTriedAgain() async throws {
            let page = try await Page.open()
            try await page.pick(Photographs.cat)
            let attention = try await page.pixels()
            try await cutOff(true, page)
            try await page.browser.run("document.querySelector('#view-ncut').click();")
            try await page.browser.wait(
                "there is a way to try again", until: "return document.querySelector('#again') !== null;")
            #expect(try await page.text("#explanation").contains("could not be shown"))
            #expect(try await page.data("view", of: "#picture") == "")
            #expect(try await page.pixels() != attention)
            try await cutOff(false, page)
            let bare = try await page.revision()
            try await page.browser.click("#again")
            try await page.waitForDrawing(after: bare, view: "ncut")
            try await look(for: false, on: page)
            #expect(try await page.count("#again") == 0)
        }

        private func zoomIn(past images: Int, on page: Page) async throws {
            try await page.browser.run(
                """
                const zoom = () => new KeyboardEvent("keydown", { key: "+" });
                for (let step = 0; step < 12; step += 1) document.querySelector("#map").dispatchEvent(zoom());
                """)
            try await page.browser.wait(
                "some images are out of view",
                until: "return Number(document.querySelector('#map').dataset.points) < arguments[0];",
                .number(Double(images)))
        }

        private func waitForAll(_ images: Int, _ layout: String, on page: Page) async throws {
            try await page.browser.wait(
                "all images are in view, laid out by \(layout)",
                until: """
                    const isLaidOut = document.querySelector("#map-note").textContent.includes(arguments[0]);
                    return isLaidOut && Number(document.querySelector("#map").dataset.points) === arguments[1];
                    """, .string(layout), .number(Double(images)))
        }

        @Test func anotherLayoutOfTheMapIsShownWhole() async throws {
            let page = try await Page.open(.map)
            let images = try await page.server.ids().count
            try await page.browser.wait(
                "points are drawn", until: "return Number(document.querySelector('#map').dataset.points);")
            try await zoomIn(past: images, on: page)
            try await page.browser.click("#map-build")
            try await waitForAll(images, "by neighbours", on: page)
            try await zoomIn(past: images, on: page)
            try await page.browser.run(
                """
                const method = document.querySelector("#map-method");
                method.value = "pca";
                method.dispatchEvent(new Event("change", { bubbles: true }));
                """)
            try await waitForAll(images, "principal components", on: page)
        }

        @Test func aClickOutsideOfWhatTheModelSeesSaysSo() async throws {
            let page = try await Page.open()
            // Wider than high, so that its left and its right edge are cut off.
            try await page.pick(Photographs.siamang)
            let before = try await (page.revision(), page.pixels())
            try await page.browser.click("#picture", at: Browser.Point(x: 0.02, y: 0.5))
            try await page.browser.wait(
                "the page says that this part is not seen",
                until: "return document.querySelector('#status').textContent.includes('does not see');")
            #expect(try await page.data("view", of: "#picture") == "attention")
            #expect(try await page.data("patch", of: "#picture") == nil)
            #expect(try await page.revision() == before.0)
            #expect(try await page.pixels() == before.1)
        }

        @Test func backAndAReloadComeToThePhotographThatWasOpen() async throws {
            let page = try await Page.open()
            let waitForName = { (name: String) in
                try await page.browser.wait(
                    "\(name) is open",
                    until: "return document.querySelector('#photograph-name').textContent === arguments[0];",
                    .string(name))
            }
            try await page.pick(Photographs.siamang)
            // The nearest may be the photograph itself.
            let id = try #require(try await page.waitForIDs("#neighbors li[data-id]", atLeast: 2).last)
            let stored = try #require(try await page.server.json("/v1/images/\(id)")["name"].text)
            try await page.browser.click("#neighbors li[data-id='\(id)'] button")
            _ = try await waitForName(stored)
            try await page.browser.run("history.back();")
            _ = try await waitForName(Photographs.siamang.lastPathComponent)
            try await page.browser.run("history.forward();")
            _ = try await waitForName(stored)
            try await page.browser.reload()
            _ = try await waitForName(stored)
            try await page.waitForDrawing(after: 0, view: "attention")
            try await page.pick(Photographs.cat)
            _ = try await waitForName(Photographs.cat.lastPathComponent)
            try await page.browser.run("history.back();")
            _ = try await waitForName(stored)
            try await page.browser.run("history.forward();")
            _ = try await waitForName(Photographs.cat.lastPathComponent)
        }
    }
}
