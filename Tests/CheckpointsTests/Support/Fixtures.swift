import Checkpoints
import Foundation
import Testing

/// The folder beside the package that holds reference checkpoints.
enum Fixtures {
    static let shared = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("../shared").standardizedFileURL

    /// Whether tests of the folder run: where it is present, and under CI always, so that its absence fails there.
    static let isAvailable =
        FileManager.default.fileExists(atPath: shared.path) || ProcessInfo.processInfo.environment["CI"] != nil

    /// A file below `fixtures/models`.
    static func model(_ path: String) -> URL {
        shared.appendingPathComponent("fixtures/models").appendingPathComponent(path)
    }
}
