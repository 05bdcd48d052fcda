/// The limits on one request; each is refused with 413 naming the limit.
public struct RequestLimits: Sendable, Equatable {
    /// Images of a request.
    public var images = 64
    /// Bytes of one image's file.
    public var imageBytes = 32 << 20
    /// Bytes of a whole body.
    public var bodyBytes = 128 << 20
    /// Numbers in an answer, over all images and kinds of feature; 4 bytes each, about 11 in JSON.
    public var answerValues = 16 << 20
    /// Patches of all images together that share one PCA.
    public var patches = 1 << 16

    /// The limits that the contract states.
    public init() {}

    func check(imageCount: Int) throws(FeatureAPIError) {
        guard imageCount <= images else {
            throw FeatureAPIError(.tooManyImages, "A request may hold \(images) images.")
        }
    }

    func check(imageBytes count: Int) throws(FeatureAPIError) {
        guard count <= imageBytes else {
            throw FeatureAPIError(.bodyTooLarge, "An image's file may have \(imageBytes) bytes.")
        }
    }

    func check(bodyBytes count: Int, limit: Int) throws(FeatureAPIError) {
        guard count <= limit else { throw FeatureAPIError(.bodyTooLarge, "This body may have \(limit) bytes.") }
    }
}
