import Foundation

/// Elements, named by CSS selectors, and what a user does with them.
extension Browser {
    /// The name under which WebDriver's JSON has a reference to an element.
    private static let reference = "element-6066-11e4-a52e-4f735466cecf"

    /// The first element that a selector finds.
    func find(_ selector: String) async throws -> JSON {
        try await command("POST", "element", ["using": "css selector", "value": .string(selector)])
    }

    private func element(_ selector: String, _ what: String) async throws -> String {
        "element/\(try await find(selector)[Self.reference].text ?? "")/\(what)"
    }

    /// Clicks its middle, after scrolling to it; fails where something else would get the click.
    func click(_ selector: String) async throws {
        try await command("POST", element(selector, "click"), [:])
    }

    /// Types into it; for a file's input the text is a path, or some with newlines between them.
    func type(_ text: String, into selector: String) async throws {
        try await command("POST", element(selector, "value"), ["text": .string(text)])
    }

    /// Presses keys where the focus is.
    func press(_ keys: Key...) async throws {
        let strokes = keys.flatMap { key -> [JSON] in
            ["keyDown", "keyUp"].map { ["type": .string($0), "value": .string(key.rawValue)] }
        }
        try await command(
            "POST", "actions", ["actions": [["type": "key", "id": "keyboard", "actions": .array(strokes)]]])
    }

    /// Keys under the code points of https://www.w3.org/TR/webdriver2/#keyboard-actions.
    enum Key: String, Sendable {
        case tab = "\u{E004}"
        case enter = "\u{E007}"
        case space = " "
        case end = "\u{E010}"
        case home = "\u{E011}"
        case left = "\u{E012}"
        case up = "\u{E013}"
        case right = "\u{E014}"
        case down = "\u{E015}"
    }

    /// A point of an element: shares of its width and height from its upper left corner.
    struct Point: Sendable {
        let x: Double
        let y: Double
    }

    /// Presses the mouse's button at the first of an element's points, moves over the others, and lets go at the last.
    func drag(_ selector: String, through points: [Point]) async throws {
        let box = try await run(
            """
            const element = document.querySelector(arguments[0]);
            element.scrollIntoView({ block: "center", behavior: "instant" });
            const box = element.getBoundingClientRect();
            return [box.left, box.top, box.width, box.height];
            """, .string(selector)
        ).elements.compactMap(\.number)
        guard box.count == 4 else { return }
        var steps = points.map { point -> JSON in
            [
                "type": "pointerMove", "duration": 20,
                "x": .number((box[0] + point.x * box[2]).rounded()),
                "y": .number((box[1] + point.y * box[3]).rounded()),
            ]
        }
        steps.insert(["type": "pointerDown", "button": 0], at: min(1, steps.count))
        steps.append(["type": "pointerUp", "button": 0])
        try await command(
            "POST", "actions",
            [
                "actions": [
                    [
                        "type": "pointer", "id": "mouse", "parameters": ["pointerType": "mouse"],
                        "actions": .array(steps),
                    ]
                ]
            ])
    }

    /// Clicks a point of an element.
    func click(_ selector: String, at point: Point) async throws { try await drag(selector, through: [point]) }
}
