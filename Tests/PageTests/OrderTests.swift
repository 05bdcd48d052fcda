import Testing

extension PageTests {
    /// That nothing is lost, and that answers which come late change nothing.
    @Suite struct OrderTests {
        @Test func anEmptyFieldTakesNoLabels() async throws {
            let page = try await Page.open(.map)
            try await page.browser.wait(
                "points are drawn", until: "return Number(document.querySelector('#map').dataset.points ?? 0);")
            let before = try await page.server.json("/v1/images?limit=500")["data"]
            try await page.browser.run("document.querySelector('#map').focus();")
            try await page.browser.press(.space)
            try await page.waitForIDs("#map-selected li[data-id]")
            try await page.browser.click("#map-label")
            try await page.browser.press(.enter)
            try await page.browser.wait(
                "the page asks for a label",
                until: "return document.querySelector('#status').textContent.includes('Type the label');")
            try await page.browser.click("#map-unlabel")
            try await page.browser.wait(
                "the page asks whether the labels shall go",
                until: "return document.querySelector('#status').textContent.includes('Really');")
            #expect(try await page.server.json("/v1/images?limit=500")["data"] == before)
        }

        @Test func removingAsksAloudFirst() async throws {
            let page = try await Page.open(.collection)
            let ids = try await page.waitForIDs("#grid li[data-id]")
            let button = "#grid li[data-id='\(ids[0])'] .bare"
            try await page.browser.click(button)
            let name = try await page.browser.run(
                "return document.querySelector(arguments[0]).getAttribute('aria-label');", .string(button))
            #expect(name.text?.hasPrefix("Really remove") == true)
            #expect(try await page.text("#status").contains(name.text ?? "nothing"))
            #expect(try await page.server.ids().contains(ids[0]))
        }

        @Test func aSlowAnswerIsNotDrawnOverANewerPhotograph() async throws {
            let page = try await Page.open(.collection)
            let ids = try await page.waitForIDs("#grid li[data-id]", atLeast: 2)
            // The first photograph's file is held back until the second one is open.
            try await page.browser.run(
                """
                const fetched = window.fetch;
                window.fetch = async (url, options) => {
                    const answer = await fetched(url, options);
                    if (String(url).endsWith(`/${arguments[0]}/content`)) {
                        await new Promise((resolve) => { window.letGo = resolve; });
                    }
                    return answer;
                };
                """, .string(ids[0]))
            try await page.browser.click("#grid li[data-id='\(ids[0])'] .look")
            try await page.browser.wait("the first is held back", until: "return window.letGo !== undefined;")
            try await page.browser.click("#grid li[data-id='\(ids[1])'] .look")
            try await page.waitForTab(.look)
            try await page.waitForDrawing(after: 0, view: "attention")
            let name = try await page.text("#photograph-name")
            try await page.browser.run("window.letGo();")
            try await page.browser.wait(
                "the first is in the strip",
                until: "return document.querySelectorAll('#photographs li').length === 2;")
            #expect(try await page.text("#photograph-name") == name)
            #expect(try await page.text("#photographs [aria-current=true]") == "")
            #expect(try await page.count("#photographs [aria-current=true]") == 1)
        }

        @Test func theSkipLinkKeepsTheTab() async throws {
            let page = try await Page.open(.collection)
            try await page.browser.run("document.querySelector('.skip').focus();")
            try await page.browser.press(.enter)
            #expect(try await page.browser.run("return document.activeElement.id;") == "main")
            try await page.waitForTab(.collection)
            #expect(try await page.browser.run("return location.hash;") == "#collection")
        }

        @Test func theFocusStaysWhereAJobIsPolled() async throws {
            let page = try await Page.open(.jobs)
            // The list is the server's, but with a job in it that goes on.
            try await page.browser.run(
                """
                const fetched = window.fetch;
                window.polls = 0;
                window.fetch = async (url, options) => {
                    if (String(url) !== "/v1/jobs" || options.method !== "GET") return fetched(url, options);
                    window.polls += 1;
                    const progress = { phase: "embedding", done: window.polls, total: 100 };
                    const job = { id: 99, kind: "reindex", status: "running", started_at: new Date().toISOString(), progress };
                    return new Response(JSON.stringify({ object: "list", data: [job] }));
                };
                """)
            try await page.choose(.model)
            try await page.choose(.jobs)
            let stop = "#jobs li[data-job='99'] button"
            try await page.browser.wait(
                "the job is listed",
                until: "const stop = document.querySelector(arguments[0]); stop?.focus(); return stop !== null;",
                .string(stop))
            let polls = try await page.browser.run("return window.polls;").int ?? 0
            try await page.browser.wait(
                "it was asked for twice more", until: "return window.polls >= arguments[0] + 2;",
                .number(Double(polls)))
            let isThere = try await page.browser.run(
                "return document.activeElement === document.querySelector(arguments[0]);", .string(stop))
            #expect(isThere.isTruthy)
        }
    }
}
