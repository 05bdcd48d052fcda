import Foundation
import Images

/// The images that `scripts/make-image-fixtures` writes, with Pillow's and torchvision's results.
enum OwnFixtures {
    /// The contents of `expected.json`.
    struct Expected: Decodable {
        let images: [String: Picture]
        let resizes: [Resize]
        let crops: [Picture]
    }

    /// The size and samples of a picture.
    struct Picture: Decodable, Sendable {
        let width: Int
        let height: Int
        let rgb_sha256: String
    }

    /// A resize of ``picture()`` to a size or to a shorter side, and what came of it.
    struct Resize: Decodable, Sendable {
        let filter: ResizeFilter
        let size: [Int]?
        let shorterSide: Int?
        let width: Int
        let height: Int
        let rgb_sha256: String
    }

    static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../Fixtures")
        .standardizedFileURL

    static let expected: Expected = {
        let data = try? Data(contentsOf: folder.appending(path: "expected.json"))
        let decoded = data.flatMap { try? JSONDecoder().decode(Expected.self, from: $0) }
        return decoded ?? Expected(images: [:], resizes: [], crops: [])
    }()

    static let names = expected.images.keys.sorted()

    static func bytes(_ name: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: folder.appending(path: name)))
    }

    /// The picture that is resized and cropped.
    static func picture() throws -> RGBImage {
        try ImageDecoder.decode(bytes("color2-depth8.png"))
    }
}
