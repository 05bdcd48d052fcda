/// What `POST /v1/attention` was asked: one image and options.
struct AttentionRequest: Sendable {
    var image: SubmittedImage
    var options: AttentionOptions

    /// The request in a body of any form; JSON is `{"image": "base64 or data-URI"}` with options beside it.
    init(
        _ submission: Submission, options reader: OptionReader<AttentionOptions>, limits: RequestLimits
    ) throws(FeatureAPIError) {
        var reader = reader
        reader.beginBody()
        switch submission {
        case .image(let image): self.image = image
        case .form(let parts):
            try reader.set(fields: parts)
            let files = parts.filter(\.isFile)
            guard files.count == 1 else {
                throw FeatureAPIError(.malformedBody, "A form has one image here (curl: -F image=@photo.jpg).")
            }
            image = SubmittedImage(file: files[0])
        case .json(let text):
            var image: SubmittedImage?
            for (name, value) in try JSONParser.object(text) {
                guard name == "image" else {
                    try reader.set(name, to: value)
                    continue
                }
                guard case .string(let base64) = value else {
                    throw FeatureAPIError(.malformedBody, "\"image\" takes base64 or a data-URI, not \(value.kind).")
                }
                image = try SubmittedImage(text: base64, limits: limits)
            }
            guard let image else {
                throw FeatureAPIError(
                    .malformedBody, "There is no image; send {\"image\": \"base64 or data-URI\"}.")
            }
            self.image = image
        }
        options = reader.options
    }
}
