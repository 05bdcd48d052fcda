import Checkpoints
import Foundation
import TestSupport
import Testing

/// The folder beside the package that holds reference checkpoints.
enum Fixtures {
    /// Whether tests of the folder run.
    static let isAvailable = SharedFolder.isWanted

    /// A file below `fixtures/models`.
    static func model(_ path: String) -> URL {
        SharedFolder.model(path)
    }
}
