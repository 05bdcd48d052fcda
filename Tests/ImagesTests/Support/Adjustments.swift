import Foundation
import Images

/// The pictures and changes of them that `scripts/make-augmentation-fixtures` writes.
struct Adjustments: Decodable {
    let pictures: [String: EncodedPicture]
    let changes: [Change]

    /// A change of a picture and what Pillow and torchvision make of it.
    struct Change: Decodable, Sendable {
        let picture: String
        let change: String
        let value: Double
        let result: EncodedPicture
    }

    static let expected: Adjustments = {
        let data = try? Data(contentsOf: OwnFixtures.folder.appending(path: "adjustments.json"))
        let decoded = data.flatMap { try? JSONDecoder().decode(Adjustments.self, from: $0) }
        return decoded ?? Adjustments(pictures: [:], changes: [])
    }()
}

/// A picture in JSON.
struct EncodedPicture: Decodable, Sendable {
    let width: Int
    let height: Int
    let rgb: Data

    var image: RGBImage { RGBImage(width: width, height: height, pixels: [UInt8](rgb)) }
}
