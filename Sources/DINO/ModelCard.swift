import Foundation

/// What people wrote about a model for people, in Markdown, beside its weights.
enum ModelCard {
    static let fileName = "MODEL_CARD.md"
    /// The longest card that is read, in bytes.
    static let maximumBytes = 256 << 10

    /// The text of a folder's card, nil where there is none.
    ///
    /// A model does its work without one, so what is longer than ``maximumBytes``, not UTF-8 or no regular file is none
    /// either.
    static func read(in folder: URL) -> String? {
        let file = folder.appendingPathComponent(fileName).resolvingSymlinksInPath()
        // Opening a pipe would wait for whoever writes to it.
        guard let attributes = try? FileManager.default.attributesOfItem(atPath: file.path),
            attributes[.type] as? FileAttributeType == .typeRegular, let handle = try? FileHandle(forReadingFrom: file)
        else { return nil }
        defer { try? handle.close() }
        guard let data = try? handle.read(upToCount: maximumBytes + 1), data.count <= maximumBytes else { return nil }
        return String(data: data, encoding: .utf8)
    }
}
