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
