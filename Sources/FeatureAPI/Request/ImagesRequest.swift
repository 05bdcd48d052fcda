/// What a stateless route was asked about images: they, in order, and options.
struct ImagesRequest<Options: RequestOptions>: Sendable {
    var images: [SubmittedImage]
    var options: Options

    /// The request in a body of any form: one image, the files of a form, or `{"images": [{"image": …}]}`.
    init(
        _ submission: Submission, options reader: OptionReader<Options>, limits: RequestLimits
    ) throws(FeatureAPIError) {
        var reader = reader
        reader.beginBody()
        switch submission {
        case .image(let image): images = [image]
        case .form(let parts):
            try reader.set(fields: parts)
            images = parts.filter(\.isFile).map(SubmittedImage.init(file:))
            guard !images.isEmpty else { throw EmbeddingRequest.noImageInForm }
        case .json(let text):
            var texts = [ArraySlice<UInt8>]()
            for (name, value) in try JSONParser.object(text) {
                if name == "images" {
                    texts = try EmbeddingRequest.images(value)
                } else {
                    try reader.set(name, to: value)
                }
            }
            guard !texts.isEmpty else {
                throw FeatureAPIError(
                    .malformedBody, "There is no image; send {\"images\": [{\"image\": \"base64 or data-URI\"}]}.")
            }
            try limits.check(imageCount: texts.count)
            images = texts.map { SubmittedImage(orFaultOf: $0, limits: limits) }
        }
        options = reader.options
    }
}
