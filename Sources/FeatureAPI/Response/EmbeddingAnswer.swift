import Tensors

/// The answer to a request, before it is written in one of its forms.
struct EmbeddingAnswer: Sendable {
    let model: ModelDescription
    let options: EmbeddingOptions
    /// Side of the model's input in pixels.
    let size: Int
    /// By the request's order: features, vectors of length 1 and of the dimensions asked for, or what was wrong.
    let images: [Result<EmbeddedImage, FeatureAPIError>]
    /// From the end of the body to here, in seconds.
    let seconds: Double
    let requestID: String

    /// Patches on a side of the input.
    var gridSide: Int { size / model.patchSize }
    /// Numbers per vector.
    var dimensions: Int { options.dimensions ?? model.embedDim }
}

/// The forms of an answer, by media type, the server's favourite first.
enum EmbeddingForm: String, CaseIterable {
    case json = "application/json"
    case lines = "application/x-ndjson"
    case npy = "application/x-npy"
    case raw = "application/octet-stream"

    /// Whether the form is one array of numbers, which has no place for an error or a second kind of feature.
    var isBinary: Bool { self == .npy || self == .raw }

    /// The form that `accept` prefers.
    static func choose(_ accept: String?) throws(FeatureAPIError) -> EmbeddingForm {
        let offers = allCases.map(\.rawValue)
        guard let form = Accept.choose(accept, from: offers).flatMap(EmbeddingForm.init) else {
            throw FeatureAPIError(.notAcceptable, "The answer can be \(offers.joined(separator: ", ")).")
        }
        return form
    }
}
