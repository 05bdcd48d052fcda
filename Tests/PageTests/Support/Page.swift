import Foundation
import Testing

/// The page in the browser, and what a user does there in a few steps.
struct Page: Sendable {
    let browser: Browser
    let server: PageServer

    enum Tab: String, CaseIterable, Sendable {
        case look, collection, map, jobs, model
    }

    /// Opens the page anew at one of its tabs, light and of a desk's size.
    static func open(_ tab: Tab = .look, of other: PageServer? = nil) async throws -> Page {
        let served = try #require(ServedPage.current)
        let page = Page(browser: served.browser, server: other ?? served.server)
        try await page.browser.open("about:blank")
        _ = try await page.browser.console()
        try await page.browser.take(.light)
        try await page.browser.open("\(page.server.address)#\(tab.rawValue)")
        try await page.waitForTab(tab)
        return page
    }

    func waitForTab(_ tab: Tab) async throws {
        try await browser.wait(
            "the tab \(tab.rawValue) is shown",
            until: """
                const [tab, panel] = ["tab", "panel"].map((part) => document.getElementById(`${part}-${arguments[0]}`));
                return tab?.getAttribute("aria-selected") === "true" && panel?.checkVisibility();
                """, .string(tab.rawValue))
    }

    /// Shows a tab by a click.
    func choose(_ tab: Tab) async throws {
        try await browser.click("#tab-\(tab.rawValue)")
        try await waitForTab(tab)
    }

    /// Picks a file, and waits until the photograph is drawn with its attention.
    func pick(_ photograph: URL) async throws {
        let before = try await revision()
        try await browser.type(photograph.path, into: "#file")
        try await waitForDrawing(after: before, view: "attention")
    }

    /// Shows the photograph in another way, and waits until it is drawn.
    func view(_ name: String) async throws {
        let before = try await revision()
        try await browser.run(
            "const radio = document.getElementById(`view-${arguments[0]}`); (radio.labels?.[0] ?? radio).click();",
            .string(name))
        try await waitForDrawing(after: before, view: name)
    }

    /// How often a canvas was drawn.
    func revision(_ canvas: String = "#picture") async throws -> Int {
        try await browser.run(
            "return Number(document.querySelector(arguments[0])?.dataset.revision ?? 0);", .string(canvas)
        )
        .int ?? 0
    }

    /// Waits until the photograph was drawn again, and not as it was before.
    func waitForDrawing(after revision: Int, view: String) async throws {
        try await browser.wait(
            "the photograph is drawn as \(view)",
            until: """
                const { revision, view } = document.querySelector("#picture").dataset;
                return Number(revision ?? 0) > arguments[0] && view === arguments[1];
                """, .number(Double(revision)), .string(view))
    }

    /// A number that changes with a canvas's pixels.
    func pixels(_ canvas: String = "#picture") async throws -> Int {
        let hash = try await browser.run(
            """
            const canvas = document.querySelector(arguments[0]);
            if (canvas.width === 0 || canvas.height === 0) return 0;
            const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
            return data.reduce((hash, byte) => Math.imul(hash ^ byte, 16777619), 2166136261) >>> 0;
            """, .string(canvas))
        return try #require(hash.int)
    }

    /// Moves a slider as a hand does that lets go of it.
    func move(_ slider: String, to value: Int) async throws {
        try await browser.run(
            """
            const slider = document.querySelector(arguments[0]);
            slider.value = arguments[1];
            slider.dispatchEvent(new Event("input", { bubbles: true }));
            slider.dispatchEvent(new Event("change", { bubbles: true }));
            """, .string(slider), .number(Double(value)))
    }

    /// How many elements a selector finds.
    func count(_ selector: String) async throws -> Int {
        try await browser.run("return document.querySelectorAll(arguments[0]).length;", .string(selector)).int ?? 0
    }

    /// Waits until a selector finds at least so many elements, and gives their `data-id`.
    @discardableResult
    func waitForIDs(_ selector: String, atLeast least: Int = 1) async throws -> [String] {
        try await browser.wait(
            "at least \(least) of \(selector)",
            until: """
                const ids = [...document.querySelectorAll(arguments[0])].map((element) => element.dataset.id);
                return ids.length >= arguments[1] && ids;
                """, .string(selector), .number(Double(least))
        ).elements.compactMap(\.text)
    }

    /// An element's text.
    func text(_ selector: String) async throws -> String {
        try await browser.run("return document.querySelector(arguments[0])?.textContent ?? '';", .string(selector)).text
            ?? ""
    }

    /// A `data-` member of an element.
    func data(_ name: String, of selector: String) async throws -> String? {
        try await browser.run(
            "return document.querySelector(arguments[0])?.dataset[arguments[1]] ?? null;", .string(selector),
            .string(name)
        ).text
    }
}
