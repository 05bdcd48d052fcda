import FeatureStorage
import Foundation

extension StoredImage {
    /// The tag of what ``write(to:)`` writes: an image changes with its revision only.
    var tag: EntityTag { EntityTag("\(id)-\(revision)") }

    /// Where the image is.
    var path: String { "/v1/images/\(id)" }

    /// Bytes of what people said about the image.
    var textBytes: Int { [key, name, label, metadata].reduce(0) { $0 + ($1?.utf8.count ?? 0) } }

    /// Writes the members of the image, without the braces.
    func members(to writer: inout JSONWriter) {
        writer.key("id")
        writer.integer(Int(id))
        writer.member("key", optional: key)
        writer.member("name", optional: name)
        writer.member("label", optional: label)
        writer.key("metadata")
        metadata(to: &writer)
        file(to: &writer)
        times(to: &writer)
    }

    /// Writes the image.
    package func write(to writer: inout JSONWriter) {
        writer.object { members(to: &$0) }
    }

    /// Writes the metadata, or null.
    func metadata(to writer: inout JSONWriter) {
        if let metadata { writer.text(Array(metadata.utf8)) } else { writer.null() }
    }

    /// Writes what the file is.
    func file(to writer: inout JSONWriter) {
        writer.member("content_hash", contentHash)
        writer.member("media_type", mediaType)
        writer.key("bytes")
        writer.integer(byteCount)
        writer.key("width")
        writer.integer(width)
        writer.key("height")
        writer.integer(height)
    }

    /// Writes when it was stored and changed (RFC 3339), and how often.
    func times(to writer: inout JSONWriter) {
        writer.member("created_at", time: createdAt)
        writer.member("updated_at", time: updatedAt)
        writer.key("revision")
        writer.integer(revision)
    }
}

extension JSONWriter {
    /// A member that is a string or null.
    mutating func member(_ name: String, optional text: String?) {
        key(name)
        if let text { string(text) } else { null() }
    }

    /// A member that is a whole number.
    mutating func member(_ name: String, _ value: Int) {
        key(name)
        integer(value)
    }

    /// A member that is a time (RFC 3339), given in seconds since 1970, or null.
    mutating func member(_ name: String, time seconds: Double?) {
        member(
            name,
            optional: seconds.map {
                Date(timeIntervalSince1970: $0).formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
            })
    }

    mutating func bool(_ value: Bool) { text(Array((value ? "true" : "false").utf8)) }
}
