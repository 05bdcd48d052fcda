/// How far re-embedding has come.
public struct ReindexProgress: Sendable, Equatable {
    /// What is being done.
    public enum Phase: String, Sendable {
        /// Stored files go through the model.
        case embedding
        /// The new features are counted, looked at, and some computed again.
        case verifying
        /// The new features take the place of the old.
        case switching
    }

    /// An image that has no features under the new model, and cannot get any.
    public struct Unusable: Sendable, Equatable {
        /// The image.
        public var id: Int64
        /// What is wrong with it, in a sentence.
        public var reason: String

        /// An image and its fault.
        public init(id: Int64, reason: String) { (self.id, self.reason) = (id, reason) }
    }

    /// What is being done.
    public var phase = Phase.embedding
    /// Images of the collection that have features under the model.
    public var done = 0
    /// Images of the collection.
    public var total = 0
    /// Images that this run has embedded, and how many of them in a second.
    public var embedded = 0, perSecond = 0.0
    /// How many images cannot be embedded, and the first hundred of them.
    public var unusableCount = 0, unusable = [Unusable]()
    /// How many of those that cannot be embedded have no stored file.
    public var missingCount = 0

    /// Nothing done yet.
    public init() {}

    /// The most images in ``unusable``.
    public static let longestList = 100

    /// Seconds until every image is embedded at the pace so far; nothing before there is one.
    public var secondsLeft: Double? {
        guard phase == .embedding, perSecond > 0 else { return nil }
        return Double(max(total - done - unusableCount, 0)) / perSecond
    }

    /// Notes an image whose file is not stored.
    mutating func note(missing image: Int64) {
        missingCount += 1
        note(Unusable(id: image, reason: "Its original is not stored."))
    }

    /// Notes an image whose file cannot be decoded, and why.
    mutating func note(refused image: Int64, because reason: String) { note(Unusable(id: image, reason: reason)) }

    private mutating func note(_ image: Unusable) {
        unusableCount += 1
        if unusable.count < Self.longestList { unusable.append(image) }
    }
}

/// Why re-embedding ended without new features to search in; the old ones go on serving.
public enum ReindexError: Error, Sendable, Equatable {
    /// Images have no original (`missing` of the `count`), or one that this model's decoder refuses.
    case unusable(count: Int, missing: Int, first: ReindexProgress.Unusable)
    /// The number of features is not that of images.
    case count(features: Int, images: Int)
    /// A stored vector is not `D` finite numbers of length 1.
    case vector(id: Int64)
    /// An image that was embedded again got another feature.
    case sample(id: Int64, cosine: Float)
}

extension ReindexError: CustomStringConvertible {
    /// What is wrong, and what to do, in sentences.
    public var description: String {
        switch self {
        case .unusable(let count, let missing, let first):
            "\(count) image\(count == 1 ? "" : "s") cannot be re-embedded, the first is image \(first.id): "
                + "\(first.reason) Nothing is left out silently, so the old features go on serving. "
                + Self.advice(missing: missing, refused: count - missing)
                + "Then start once more, which takes what is missing."
        case .count(let features, let images):
            "There are features of \(features) images and \(images) images in the collection: start once more, which takes "
                + "what is missing."
        case .vector(let id):
            "The new feature of image \(id) is not a vector of finite numbers and length 1. Run `dino-server check`, drop "
                + "the generation, and re-embed."
        case .sample(let id, let cosine):
            "Image \(id) was embedded once more and got another feature (cosine \(cosine)). The model or the machine is not "
                + "what it was when this began: drop the generation, and re-embed."
        }
    }

    /// What to do about images without a file, and about those whose file is no good: the same file would be refused again.
    private static func advice(missing: Int, refused: Int) -> String {
        var advice = ""
        if missing > 0 {
            advice +=
                "Files are missing of \(missing): send them again, to a server that keeps originals, with PUT "
                + "/v1/images/{key} for an image that has a key and with POST /v1/images for one that has none, or delete "
                + "these images. "
        }
        if refused > 0 {
            advice +=
                "Files of \(refused) cannot be decoded: delete these images, and store them anew from good files. "
        }
        return advice
    }
}
