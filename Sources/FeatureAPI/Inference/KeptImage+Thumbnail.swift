package import Images

extension KeptImage {
    /// What is kept of the decoded `image` of `file`. The thumbnail costs a resize; it is never larger than the image.
    package init(_ image: RGBImage, of file: [UInt8]) throws(FeatureAPIError) {
        let info = ImageInfo(
            format: ImageFormat.sniff(file) ?? .jpeg, width: image.width, height: image.height, orientation: .upright)
        let small = image.resized(Self.thumbnailRule(info))
        try self.init(thumbnail: small, info)
    }

    /// What is kept of a file with this header, of which `small` is the thumbnail.
    init(thumbnail small: RGBImage, _ info: ImageInfo) throws(FeatureAPIError) {
        let (width, height) = info.uprightSize
        do throws(ImageEncodingError) {
            self.init(
                mediaType: "image/\(info.format.rawValue)", width: width, height: height,
                thumbnail: try small.jpeg(quality: 80))
        } catch {
            // The sides are bounded, so only memory can be what is missing.
            throw FeatureAPIError(.unsupportedImage, "No thumbnail could be made of the image.")
        }
    }

    /// How an image of this header becomes its thumbnail: its own size, or the longer side as long as one may be.
    static func thumbnailRule(_ info: ImageInfo) -> CenteredResize {
        let (width, height) = info.uprightSize
        let scale = min(1, Double(thumbnailSide) / Double(max(width, height)))
        let newWidth = max(1, Int((Double(width) * scale).rounded()))
        let newHeight = max(1, Int((Double(height) * scale).rounded()))
        return CenteredResize(
            .exactly(width: newWidth, height: newHeight), width: newWidth, height: newHeight, filter: .bilinear)
    }
}
