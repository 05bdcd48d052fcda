import Images

extension SubmittedImage {
    /// Throws where there is no byte, or where the client stated an image type and the content is of another.
    func check() throws(FeatureAPIError) {
        guard !bytes.isEmpty else { throw FeatureAPIError(.emptyBody, "The image has no bytes.") }
        guard let declaredType, let format = ImageFormat.sniff(bytes) else { return }
        guard declaredType == "image/\(format.rawValue)" else {
            throw FeatureAPIError(
                .unsupportedMediaType, "The image is stated to be \(declaredType), but its content is \(format.name).")
        }
    }
}
