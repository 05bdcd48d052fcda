import Foundation
import Testing

extension PageTests {
    /// That the page serves those who use no mouse, hear it, or hold a phone.
    @Suite struct AccessibilityTests {
        private static let controls: Set = [
            "button", "checkbox", "combobox", "link", "listbox", "radio", "searchbox", "slider", "spinbutton", "tab",
            "textbox", "canvas", "image",
        ]

        @Test(arguments: Page.Tab.allCases) func everyControlHasAName(_ tab: Page.Tab) async throws {
            let page = try await Page.open()
            try await page.pick(Photographs.cat)
            try await page.choose(tab)
            if tab == .collection { try await page.waitForIDs("#grid li[data-id]") }
            let nodes = try await page.browser.devTools("Accessibility.getFullAXTree")["nodes"].elements
                .filter {
                    !$0["ignored"].isTruthy && Self.controls.contains(($0["role"]["value"].text ?? "").lowercased())
                }
            #expect(nodes.count > 5)
            let nameless = nodes.filter { ($0["name"]["value"].text ?? "").isEmpty }.map { $0["role"]["value"] }
            #expect(nameless == [])
        }

        @Test(arguments: Page.Tab.allCases) func controlsAreLargeEnoughToTouch(_ tab: Page.Tab) async throws {
            let page = try await Page.open()
            try await page.browser.take(.phone)
            try await page.pick(Photographs.cat)
            try await page.choose(tab)
            if tab == .collection { try await page.waitForIDs("#grid li[data-id]") }
            // What is touched is the control or its label (WCAG 2.2, 2.5.8: 24 × 24 CSS pixels).
            let small = try await page.browser.run(
                """
                const controls = document.querySelectorAll("a[href], button, input, select, textarea, [role=tab]");
                const isLarge = (element) => {
                    const { width, height } = element.getBoundingClientRect();
                    return width >= 24 && height >= 24;
                };
                return [...controls]
                    .filter((control) => control.checkVisibility({ visibilityProperty: true }))
                    .filter((control) => ![control, ...(control.labels ?? [])].some(isLarge))
                    .map((control) => control.outerHTML.slice(0, 100));
                """)
            #expect(small == [])
            // `innerWidth` would not do: a phone's browser widens it until the page fits.
            let width = try await page.browser.run("return document.documentElement.scrollWidth;").int ?? .max
            #expect(width <= Browser.Look.phone.width)
        }

        @Test func theKeyboardReachesTheFilesAndTheTabs() async throws {
            let page = try await Page.open()
            var reached = [String]()
            for _ in 0..<20 where !reached.contains("file") {
                try await page.browser.press(.tab)
                reached.append(try await page.browser.run("return document.activeElement.id;").text ?? "")
            }
            #expect(reached.contains("file"))
            try await page.browser.run("document.querySelector('#tab-look').focus();")
            for tab in Page.Tab.allCases.dropFirst() {
                try await page.browser.press(.right)
                try await page.waitForTab(tab)
                #expect(
                    try await page.browser.run("return document.activeElement.id;") == .string("tab-\(tab.rawValue)"))
            }
            try await page.browser.press(.home)
            try await page.waitForTab(.look)
        }

        @Test func slidersFollowTheArrowKeys() async throws {
            let page = try await Page.open()
            try await page.pick(Photographs.cat)
            let before = try await page.text("#threshold-value")
            let drawn = try await page.revision()
            try await page.browser.run("document.querySelector('#threshold').focus();")
            try await page.browser.press(.right, .right)
            try await page.waitForDrawing(after: drawn, view: "attention")
            #expect(try await page.text("#threshold-value") != before)
        }
    }
}
