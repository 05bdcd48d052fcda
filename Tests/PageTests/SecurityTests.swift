import Foundation
import Testing

extension PageTests {
    /// What the page may load and run, and how much that is.
    @Suite struct SecurityTests {
        @Test func runsNoScriptThatIsWrittenIntoIt() async throws {
            let page = try await Page.open()
            let ran = try await page.browser.runAsync(
                """
                const refused = new Promise((resolve) => document.addEventListener(
                    "securitypolicyviolation", (event) => resolve(event.effectiveDirective), { once: true }));
                const script = document.createElement("script");
                script.textContent = "window.injected = true;";
                document.body.append(script);
                return [await refused, window.injected ?? false];
                """)
            #expect(ran == ["script-src-elem", false])
            let severe = try await page.browser.console().filter(\.isSevere)
            #expect(severe.count == 1 && severe[0].text.contains("Content Security Policy"), "\(severe)")
        }

        @Test func loadsNothingFromElsewhere() async throws {
            let page = try await Page.open()
            try await page.pick(Photographs.cat)
            for tab in Page.Tab.allCases { try await page.choose(tab) }
            let loaded = try await page.browser.run(
                "return performance.getEntriesByType('resource').map(({ name }) => name);"
            ).elements.compactMap(\.text)
            #expect(loaded.count > 5)
            let own = page.server.address
            #expect(loaded.filter { !$0.hasPrefix(own) && !$0.hasPrefix("blob:") && !$0.hasPrefix("data:") } == [])
            let refused = try await page.browser.runAsync(
                "return await fetch('http://127.0.0.1:1/').then(() => 'sent', () => 'refused');")
            #expect(refused == "refused")
            let severe = try await page.browser.console().filter(\.isSevere)
            #expect(severe.contains { $0.text.contains("Content Security Policy") }, "\(severe)")
        }

        @Test func takesNamesAndLabelsForTextAndNothingElse() async throws {
            let markup = "<img src=x onerror=window.injected=1>"
            let page = try await Page.open()
            let id = try #require(try await page.server.ids().first)
            let label = try await page.server.json("/v1/images/\(id)")["label"]
            try await page.server.patch(id, ["label": .string(markup)])
            try await page.pick(Photographs.cat)
            try await page.waitForIDs("#neighbors li[data-id]", atLeast: 12)
            try await page.choose(.map)
            try await page.browser.wait(
                "the legend has the label as text",
                until: "return document.querySelector('#map-legend').textContent.includes(arguments[0]);",
                .string(markup))
            try await page.choose(.collection)
            try await page.browser.wait(
                "the grid has the label as text",
                until: "return document.querySelector(arguments[0])?.value === arguments[1];",
                .string("#grid li[data-id='\(id)'] .label"), .string(markup))
            let card = try await page.browser.runAsync(
                """
                const { rendered } = await import("/page/markdown.js");
                const place = document.createElement("div");
                place.append(...[rendered(arguments[0], 2)].flat(2));
                document.body.append(place);
                return place.textContent;
                """, .string("A \(markup) and [a link](javascript:window.injected=1)"))
            #expect(card.text?.contains(markup) == true)
            let made = "img[src='x'], [onerror], a[href^='javascript' i]"
            #expect(try await page.count(made) == 0)
            #expect(try await !page.browser.run("return 'injected' in window;").isTruthy)
            try await page.server.patch(id, ["label": label])
        }

        @Test func isSentWithAStrictPolicy() async throws {
            let page = try #require(ServedPage.current)
            let answer = try await page.server.service.answer("GET", "/")
            let policy = try #require(answer.fields["content-security-policy"])
            #expect(policy.contains("default-src 'none'"))
            #expect(!policy.contains("unsafe"))
            #expect(!policy.contains("http"))
            #expect(answer.fields["x-content-type-options"] == "nosniff")
            #expect(answer.fields["referrer-policy"] == "no-referrer")
        }
    }
}
