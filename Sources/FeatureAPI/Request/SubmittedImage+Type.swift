import Images

extension SubmittedImage {
    /// The file, which has a byte and is of the image type the client stated, if any.
    ///
    /// - Throws: The image's own fault.
    func checkedFile() throws(FeatureAPIError) -> [UInt8] {
        let bytes = try file.get()
        guard !bytes.isEmpty else { throw FeatureAPIError(.emptyBody, "The image has no bytes.") }
        guard let declaredType, let format = ImageFormat.sniff(bytes), declaredType != "image/\(format.rawValue)" else {
            return bytes
        }
        throw FeatureAPIError(
            .unsupportedMediaType, "The image is stated to be \(declaredType), but its content is \(format.name).")
    }
}
