import Foundation
import Testing

extension PageTests {
    /// That the page serves those who use no mouse, hear it, or hold a phone.
    @Suite struct AccessibilityTests {
        private static let controls: Set = [
            "button", "checkbox", "combobox", "link", "listbox", "radio", "searchbox", "slider", "spinbutton", "tab",
            "textbox", "canvas", "image", "application",
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
            // What is touched is the control or its label. A link within a text is as high as its line.
            let small = try await page.browser.run(
                """
                const controls = document.querySelectorAll("button, input, select, textarea, summary, [role=tab]");
                const isLarge = (element) => {
                    const { width, height } = element.getBoundingClientRect();
                    return width >= 40 && height >= 40;
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

        @Test(arguments: Page.Tab.allCases, [Browser.Look.light, .dark])
        func textsAndControlsStandOut(_ tab: Page.Tab, _ look: Browser.Look) async throws {
            let page = try await Page.open()
            try await page.browser.take(look)
            try await page.pick(Photographs.cat)
            try await page.choose(tab)
            if tab == .collection { try await page.waitForIDs("#grid li[data-id]") }
            // WCAG 2.2: 4.5 for texts (1.4.3), 3 for the edges of fields (1.4.11).
            let weak = try await page.browser.run(
                """
                const context = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
                const rgba = (color) => {
                    context.clearRect(0, 0, 1, 1);
                    context.fillStyle = color;
                    context.fillRect(0, 0, 1, 1);
                    return [...context.getImageData(0, 0, 1, 1).data];
                };
                const ground = (element) => {
                    const color = element ? rgba(getComputedStyle(element).backgroundColor) : [255, 255, 255, 255];
                    return color[3] === 255 ? color : color[3] ? null : ground(element.parentElement);
                };
                const light = ([r, g, b]) => [r, g, b].map((byte) => byte / 255)
                    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
                    .reduce((sum, part, index) => sum + part * [0.2126, 0.7152, 0.0722][index], 0);
                const ratio = (one, other) => {
                    const [low, high] = [light(one), light(other)].sort((a, b) => a - b);
                    return (high + 0.05) / (low + 0.05);
                };
                const found = [];
                const hold = (element, color, behind, least) => {
                    const seen = behind && ratio(rgba(color), behind);
                    if (seen && seen < least) found.push(`${seen.toFixed(2)} ${element.outerHTML.slice(0, 90)}`);
                };
                for (const element of document.querySelectorAll("body *")) {
                    if (!element.checkVisibility({ opacityProperty: true }) || element.matches(":disabled, option")) continue;
                    const style = getComputedStyle(element);
                    const hasText = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
                    if (hasText) hold(element, style.color, ground(element), 4.5);
                    if (element.matches("input[type=text], input[type=search], select")) {
                        hold(element, style.borderTopColor, ground(element.parentElement), 3);
                    }
                }
                return found.slice(0, 5);
                """)
            #expect(weak == [])
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
