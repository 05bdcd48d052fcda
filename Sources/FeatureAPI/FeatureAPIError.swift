public import HTTPTypes

/// An error of the service as a client sees it: what kind, on what, and what to do.
///
/// The table in ``Kind`` is the only place where an error gets its status.
public struct FeatureAPIError: Error, Sendable, Equatable {
    /// What went wrong, for programs; decides status, title and problem type.
    public let kind: Kind
    /// What went wrong this time, for people; nothing internal.
    public let detail: String
    /// Which image of the request, counted from 0, where it is one image's fault.
    public var index: Int?
    /// Seconds after which another try is sensible.
    public var retryAfter: Int?
    /// What happened, for the log alone.
    public var logEntry: String?

    /// An error of `kind` about `detail`.
    public init(_ kind: Kind, _ detail: String, index: Int? = nil, retryAfter: Int? = nil) {
        self.kind = kind
        self.detail = detail
        self.index = index
        self.retryAfter = retryAfter
    }

    /// The same error, said of the image at `index`.
    func at(_ index: Int) -> FeatureAPIError {
        var error = self
        error.index = index
        return error
    }
}

extension FeatureAPIError: CustomStringConvertible {
    /// What went wrong, in a sentence.
    public var description: String { detail }
}

extension FeatureAPIError {
    /// The kinds of error; the raw value ends the problem's `type` and never changes.
    public enum Kind: String, Sendable, CaseIterable {
        /// A body that is not what its type says: JSON, form or base64 with a fault.
        case malformedBody = "malformed-body"
        /// A body, or an image in it, without a byte.
        case emptyBody = "empty-body"
        /// An option nobody knows.
        case unknownOption = "unknown-option"
        /// A known option with a value it cannot have, or given twice.
        case invalidOption = "invalid-option"
        /// A model that is not the loaded one.
        case unknownModel = "unknown-model"
        /// The card of a model that has none.
        case noModelCard = "no-model-card"
        /// A collection on a server that keeps none.
        case noCollection = "no-collection"
        /// An id that no image has.
        case unknownImage = "unknown-image"
        /// The file of an image that was stored without it.
        case originalNotKept = "original-not-kept"
        /// A key, label, name, metadata, filter or vector that cannot be one.
        case invalidKey = "invalid-key"
        case invalidLabel = "invalid-label"
        case invalidName = "invalid-name"
        case invalidMetadata = "invalid-metadata"
        case invalidFilter = "invalid-filter"
        case invalidVector = "invalid-vector"
        /// Metadata beyond their limit in bytes.
        case metadataTooLarge = "metadata-too-large"
        /// A key that names another image.
        case keyTaken = "key-taken"
        /// An image that has no features of the model that searches are answered with.
        case notEmbedded = "not-embedded"
        /// Features of a model that is not the one that searches are answered with.
        case otherModel = "other-model"
        /// A search by region where no patch features are stored.
        case noPatchFeatures = "no-patch-features"
        /// A fingerprint that none of the collection's features have.
        case unknownGeneration = "unknown-generation"
        /// Features that are in use and cannot be dropped.
        case generationInUse = "generation-in-use"
        /// A map that no job has made.
        case noMap = "no-map"
        /// A number that no job has.
        case unknownJob = "unknown-job"
        /// A second job while one is under way.
        case jobRunning = "job-running"
        /// A job that has ended and cannot be stopped.
        case jobEnded = "job-ended"
        /// A re-embedding that ended without features to search in.
        case reembeddingFailed = "re-embedding-failed"
        /// A job that met an error nobody foresaw.
        case jobFailed = "job-failed"
        /// An `If-Match` or `If-None-Match` that does not hold.
        case preconditionFailed = "precondition-failed"
        /// A disk that is full.
        case storageFull = "storage-full"
        /// A file that may not be written.
        case storageReadOnly = "storage-read-only"
        /// A file that another program has locked.
        case storageBusy = "storage-busy"
        /// A file that contradicts itself.
        case storageCorrupted = "storage-corrupted"
        /// A file that cannot be read or written for another reason.
        case storageFailed = "storage-failed"
        /// An `Accept` that nothing here satisfies.
        case notAcceptable = "not-acceptable"
        /// A body or an image's file beyond its limit in bytes.
        case bodyTooLarge = "body-too-large"
        /// More images than one request may hold.
        case tooManyImages = "too-many-images"
        /// An image with too many pixels.
        case imageTooLarge = "image-too-large"
        /// More memory or a longer answer than one request may take.
        case requestTooLarge = "request-too-large"
        /// A `Content-Type` or `Content-Encoding` that is not taken here.
        case unsupportedMediaType = "unsupported-media-type"
        /// Bytes that are no JPEG, PNG or WebP.
        case unknownImageFormat = "unknown-image-format"
        /// An image that cannot be decoded.
        case damagedImage = "damaged-image"
        /// A valid image of a kind that is not decoded.
        case unsupportedImage = "unsupported-image"
        /// A full queue.
        case queueFull = "queue-full"
        /// A forward pass that gave NaN or infinity.
        case nonFiniteFeatures = "non-finite-features"
        /// A missing or wrong key where one is needed.
        case unauthorized = "unauthorized"
        /// A route that nobody outside this machine may use.
        case adminOnly = "admin-only"
        /// A change that another site's page asks for.
        case foreignPage = "foreign-page"
        /// A queue so full that requests should go elsewhere.
        case overloaded = "overloaded"
        /// A server that is stopping.
        case stopping = "stopping"

        /// The HTTP status (RFC 9110 section 15).
        public var status: HTTPResponse.Status {
            switch self {
            case .malformedBody, .emptyBody, .unknownOption, .invalidOption: .badRequest
            case .invalidKey, .invalidLabel, .invalidName, .invalidMetadata, .invalidFilter, .invalidVector: .badRequest
            case .unauthorized: .unauthorized
            case .adminOnly, .foreignPage: .forbidden
            case .unknownModel, .noModelCard, .noCollection, .unknownImage, .originalNotKept, .unknownGeneration,
                .unknownJob, .noMap:
                .notFound
            case .notAcceptable: .notAcceptable
            case .keyTaken, .notEmbedded, .otherModel, .noPatchFeatures, .generationInUse: .conflict
            case .jobRunning, .jobEnded, .reembeddingFailed: .conflict
            case .preconditionFailed: .preconditionFailed
            case .bodyTooLarge, .tooManyImages, .imageTooLarge, .requestTooLarge, .metadataTooLarge: .contentTooLarge
            case .unsupportedMediaType, .unknownImageFormat: .unsupportedMediaType
            case .damagedImage, .unsupportedImage: .unprocessableContent
            case .queueFull: .tooManyRequests
            case .nonFiniteFeatures, .storageCorrupted, .storageFailed, .jobFailed: .internalServerError
            case .overloaded, .stopping, .storageReadOnly, .storageBusy: .serviceUnavailable
            // RFC 4918 section 11.5.
            case .storageFull: .init(code: 507, reasonPhrase: "Insufficient Storage")
            }
        }

        /// The kind in words: the raw value with spaces, as RFC 9457 wants a title that does not change.
        public var title: String {
            let words = rawValue.split(separator: "-").joined(separator: " ")
            return words.prefix(1).uppercased() + words.dropFirst()
        }

        /// The problem's `type`.
        public var type: String { "urn:dino-server:problem:\(rawValue)" }
    }
}
