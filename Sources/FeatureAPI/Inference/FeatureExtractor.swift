public import Images
public import Tensors

/// What turns a file's bytes into features: the model, as the queue and the routes see it.
///
/// Both functions block; they are called from threads made for it, never from the cooperative pool.
public protocol FeatureExtractor: Sendable {
    /// The model's name, shape and limits.
    var model: ModelDescription { get }

    /// The model's input for one image: decoded, upright, resized, cropped, normalised; `(3, size, size)`.
    ///
    /// - Parameters:
    ///   - file: The bytes of a JPEG, PNG or WebP.
    ///   - size: The side in pixels, a multiple of the patch.
    /// - Throws: ``FeatureAPIError`` with the fault of the image.
    func prepare(_ file: [UInt8], size: Int) throws -> Tensor

    /// The same input, and what a collection keeps of the image beside its features; the file is decoded once for both.
    ///
    /// - Throws: ``FeatureAPIError`` with the fault of the image.
    func prepareToKeep(_ file: [UInt8], size: Int) throws -> (input: Tensor, kept: KeptImage)

    /// The same input, and the upright image it was made of.
    ///
    /// - Throws: ``FeatureAPIError`` with the fault of the image.
    func prepareToShow(_ file: [UInt8], size: Int) throws -> (input: Tensor, image: RGBImage)

    /// The outputs of a batch `(B, 3, H, W)`, not normalised: `(B, D)` for cls, `(B, N, D)` for patches, `(B, R, D)` for
    /// registers, `(B, H, N)` for the attention, `(B, N)` for lengths; those of `kinds` at least. Called from one thread, one batch at a time.
    func extract(_ batch: Tensor, kinds: Set<FeatureKind>) throws -> [FeatureKind: Tensor]
}

/// What a collection keeps of a decoded image beside its file and its features.
public struct KeptImage: Sendable, Equatable {
    /// `image/jpeg`, `image/png` or `image/webp`, by content.
    public var mediaType: String
    /// Pixels across and down, upright.
    public var width: Int, height: Int
    /// A JPEG whose longer side has at most ``thumbnailSide`` pixels.
    public var thumbnail: [UInt8]

    /// The longer side of a thumbnail, in pixels, at most.
    public static let thumbnailSide = 256

    /// What is kept of an image with these values.
    public init(mediaType: String, width: Int, height: Int, thumbnail: [UInt8]) {
        (self.mediaType, self.width, self.height, self.thumbnail) = (mediaType, width, height, thumbnail)
    }
}
