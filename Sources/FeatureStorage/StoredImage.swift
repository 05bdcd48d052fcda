/// An image of the collection, without its bytes.
///
/// An id names one content for ever: other bytes under the same key are another image.
public struct StoredImage: Sendable, Equatable {
    /// The collection's own number of it, never used again.
    public var id: Int64
    /// The caller's name for it, at most one image's at a time.
    public var key: String?
    /// SHA-256 of the file, 64 hexadecimal digits.
    public var contentHash: String
    /// The file's name, as whoever sent it said.
    public var name: String?
    /// `image/jpeg`, `image/png` or `image/webp`.
    public var mediaType: String
    /// Bytes of the file.
    public var byteCount: Int
    /// Pixels across and down, upright.
    public var width: Int, height: Int
    /// The class that somebody gave it.
    public var label: String?
    /// A JSON object, as text.
    public var metadata: String?
    /// Seconds since 1970: when it was stored, and when label or metadata last changed.
    public var createdAt: Double, updatedAt: Double
    /// Grows with each change of key, label or metadata.
    public var revision: Int

    /// An image with these values.
    public init(
        id: Int64, key: String?, contentHash: String, name: String?, mediaType: String, byteCount: Int, width: Int,
        height: Int, label: String?, metadata: String?, createdAt: Double, updatedAt: Double, revision: Int
    ) {
        (self.id, self.key, self.contentHash, self.name) = (id, key, contentHash, name)
        (self.mediaType, self.byteCount, self.width, self.height) = (mediaType, byteCount, width, height)
        (self.label, self.metadata) = (label, metadata)
        (self.createdAt, self.updatedAt, self.revision) = (createdAt, updatedAt, revision)
    }
}
