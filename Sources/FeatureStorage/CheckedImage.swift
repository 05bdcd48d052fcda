import Foundation
import GRDB

/// An image whose values were looked at before the transaction that stores it begins.
struct CheckedImage {
    let image: NewImage
    let hash: Data

    init(_ image: NewImage) throws(StorageError) {
        guard let hash = ContentHash.bytes(image.contentHash) else {
            throw .invalid("The content's hash must have 64 hexadecimal digits, not be \(image.contentHash).")
        }
        guard image.width > 0, image.height > 0 else {
            throw .invalid("An image of \(image.width) × \(image.height) pixels cannot be stored.")
        }
        for text in [image.key, image.name, image.label, image.mediaType] { try Self.check(text) }
        (self.image, self.hash) = (image, hash)
    }

    /// Refuses what SQLite would cut at a zero character.
    static func check(_ text: String?) throws(StorageError) {
        if let text, text.utf8.contains(0) {
            throw .invalid("A key, name or label with a zero character cannot be stored.")
        }
    }
}
