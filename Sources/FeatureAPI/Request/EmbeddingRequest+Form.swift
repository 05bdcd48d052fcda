extension EmbeddingRequest {
    /// The request in the parts of a form: files are images, in their order, and fields are options.
    package init(parts: [MultipartPart], options reader: OptionReader) throws(FeatureAPIError) {
        var reader = reader
        reader.beginBody()
        var images = [SubmittedImage]()
        for part in parts {
            guard part.isFile else {
                guard let text = String(validating: part.bytes, as: UTF8.self) else {
                    throw MultipartParser.fault("the field \"\(part.name)\" is not UTF-8")
                }
                try reader.set(part.name, toText: text)
                continue
            }
            images.append(SubmittedImage(file: part))
        }
        guard !images.isEmpty else {
            throw FeatureAPIError(.malformedBody, "There is no image in the form (curl: -F image=@photo.jpg).")
        }
        self.init(images: images, options: reader.options)
    }
}

extension SubmittedImage {
    fileprivate init(file: MultipartPart) {
        var declaredType: String?
        if let type = file.contentType, type.essence != "application/octet-stream" {
            // Clients guess a file's type from its name and fall back on text; only a stated image type is binding.
            declaredType = type.isImage ? type.essence == "image/jpg" ? "image/jpeg" : type.essence : nil
        }
        self.init(bytes: file.bytes, declaredType: declaredType)
    }
}
