public import Foundation

/// The folder `../shared`, seen from the package's root, with reference models, images and data.
public enum SharedFolder {
    /// Where it lies.
    public static let url = URL(filePath: #filePath).appending(path: "../../../../shared").standardizedFileURL

    /// Whether tests that need it run: where it is absent they are skipped, except under CI, where they fail.
    public static let isWanted =
        FileManager.default.fileExists(atPath: url.path) || ProcessInfo.processInfo.environment["CI"] != nil

    /// A reference model's file or folder.
    public static func model(_ path: String) -> URL { url.appending(path: "fixtures/models/\(path)") }

    /// The reference images.
    public static let images = url.appending(path: "fixtures/images")

    /// The bytes of the photographs for measurements, by name.
    public static func photographs() throws -> [[UInt8]] {
        let folder = url.appending(path: "data/photos")
        return try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".jpg") }.sorted()
            .map { [UInt8](try Data(contentsOf: folder.appending(path: $0))) }
    }
}
