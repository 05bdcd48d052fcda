/// An image that is to be stored, with everything that is derived from it.
public struct NewImage: Sendable {
    /// The caller's name for it.
    public var key: String?
    /// SHA-256 of the file, 64 hexadecimal digits.
    public var contentHash: String
    /// The file's name.
    public var name: String?
    /// `image/jpeg`, `image/png` or `image/webp`.
    public var mediaType: String
    /// The file; kept where the store keeps originals.
    public var bytes: [UInt8]
    /// Pixels across and down, upright.
    public var width: Int, height: Int
    /// The class of it, if somebody said.
    public var label: String?
    /// A JSON object, as text.
    public var metadata: String?
    /// A small JPEG.
    public var thumbnail: [UInt8]
    /// What the model of the generation it goes to made of it.
    public var features: ImageFeatures

    /// An image with these values.
    public init(
        key: String? = nil, contentHash: String, name: String? = nil, mediaType: String, bytes: [UInt8], width: Int,
        height: Int, label: String? = nil, metadata: String? = nil, thumbnail: [UInt8], features: ImageFeatures
    ) {
        (self.key, self.contentHash, self.name, self.mediaType) = (key, contentHash, name, mediaType)
        (self.bytes, self.width, self.height) = (bytes, width, height)
        (self.label, self.metadata, self.thumbnail, self.features) = (label, metadata, thumbnail, features)
    }
}

/// The features of one image under one model.
public struct ImageFeatures: Sendable, Equatable {
    /// The CLS feature, `(D)`, of length 1.
    public var cls: [Float]
    /// The patch features, where they are kept.
    public var patches: PatchFeatures?

    /// Features with these values.
    public init(cls: [Float], patches: PatchFeatures? = nil) { (self.cls, self.patches) = (cls, patches) }
}

/// The patch features of one image, `(height · width, D)`, row by row of the grid, each of length 1.
///
/// Each patch is a scale and `D` whole numbers of 8 bits: value = scale · number. A cosine of such vectors is off by at
/// most `scale · √D / 2` for each of the two.
public struct PatchFeatures: Sendable, Equatable {
    /// Patches down and across.
    public var height: Int, width: Int
    /// The largest magnitude of each patch's values over 127, `(height · width)`.
    public var scales: [Float]
    /// `(height · width, D)`.
    public var values: [Int8]

    /// Patches as they were stored.
    public init(height: Int, width: Int, scales: [Float], values: [Int8]) {
        (self.height, self.width, self.scales, self.values) = (height, width, scales, values)
    }
}
