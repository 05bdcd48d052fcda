import Foundation
import Images
import TestSupport
import Testing

/// The images with Pillow's pixels that lie beside the project.
enum SharedFixtures {
    /// What Pillow makes of one image.
    struct Expected: Decodable {
        let width: Int
        let height: Int
        let rgb_sha256: String
        let mean: [Double]
        let resize256_crop224_sha256: String
        let resize64_crop64_sha256: String
    }

    static let folder = SharedFolder.images

    /// Whether tests can run.
    static let areUsable = SharedFolder.isWanted

    static let expected: [String: Expected] = {
        let data = try? Data(contentsOf: folder.appending(path: "expected.json"))
        return data.flatMap { try? JSONDecoder().decode([String: Expected].self, from: $0) } ?? [:]
    }()

    static let names = expected.keys.sorted()

    static func bytes(_ name: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: folder.appending(path: name)))
    }
}
