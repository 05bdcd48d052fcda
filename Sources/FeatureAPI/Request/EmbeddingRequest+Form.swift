extension EmbeddingRequest {
    /// The request in the parts of a form: files are images, in their order, and fields are options.
    package init(
        parts: [MultipartPart], options reader: OptionReader<EmbeddingOptions>
    ) throws(FeatureAPIError) {
        var reader = reader
        reader.beginBody()
        try reader.set(fields: parts)
        let images = parts.filter(\.isFile).map(SubmittedImage.init(file:))
        guard !images.isEmpty else { throw Self.noImageInForm }
        self.init(images: images, options: reader.options)
    }

    static let noImageInForm = FeatureAPIError(
        .malformedBody, "There is no image in the form (curl: -F image=@photo.jpg).")
}

extension SubmittedImage {
    /// The image in a part of a form that is a file.
    init(file: MultipartPart) {
        var declaredType: String?
        if let type = file.contentType, type.essence != "application/octet-stream" {
            // Clients guess a file's type from its name and fall back on text; only a stated image type is binding.
            declaredType = type.isImage ? type.essence == "image/jpg" ? "image/jpeg" : type.essence : nil
        }
        self.init(bytes: file.bytes, declaredType: declaredType)
    }
}
