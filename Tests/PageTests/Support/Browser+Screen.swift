import Foundation

/// How the window looks, and pictures of it.
extension Browser {
    enum Look: String, CaseIterable, Sendable {
        case light, dark, phone

        var width: Int { self == .phone ? 390 : 1280 }
        var height: Int { self == .phone ? 844 : 900 }
    }

    /// Has the window show light or dark colours, at the size of a desk's screen or of a phone's.
    func take(_ look: Look) async throws {
        try await devTools(
            "Emulation.setEmulatedMedia",
            ["features": [["name": "prefers-color-scheme", "value": look == .dark ? "dark" : "light"]]])
        try await devTools(
            "Emulation.setDeviceMetricsOverride",
            [
                "width": .number(Double(look.width)), "height": .number(Double(look.height)),
                "deviceScaleFactor": look == .phone ? 2 : 1, "mobile": .bool(look == .phone),
            ])
    }

    /// Where the pictures of the page are kept, for people to look at.
    static let screenshots = URL(filePath: #filePath).appending(path: "../../../../.build/page-screenshots")
        .standardizedFileURL

    /// Writes what the window shows as `NAME.png`, the whole height of the page with `isWhole`.
    func keepScreenshot(_ name: String, isWhole: Bool = false) async throws {
        let picture =
            isWhole
            ? try await devTools("Page.captureScreenshot", ["captureBeyondViewport": true])["data"]
            : try await command("GET", "screenshot")
        try FileManager.default.createDirectory(at: Self.screenshots, withIntermediateDirectories: true)
        try Data(base64Encoded: picture.text ?? "")?.write(to: Self.screenshots.appending(path: "\(name).png"))
    }
}
