/// A picture of 8-bit brightness.
public struct GrayImage: Sendable, Equatable {
    /// The number of pixels in a row, and of rows.
    public let width, height: Int
    /// The samples, row by row from the top: 0 is black, 255 white.
    public let pixels: [UInt8]

    /// A picture over existing samples.
    ///
    /// - Precondition: both sides are at least 1 and there are `width` · `height` samples.
    public init(width: Int, height: Int, pixels: [UInt8]) {
        precondition(width > 0 && height > 0 && pixels.count == width * height, "samples of \(width)×\(height)")
        (self.width, self.height, self.pixels) = (width, height, pixels)
    }

    /// The picture as a PNG, from which the same samples come back.
    ///
    /// - Throws: ``ImageEncodingError`` where the memory for it cannot be had.
    public func png() throws(ImageEncodingError) -> [UInt8] {
        try EncodedImage.png(pixels, width: width, height: height, channels: 1)
    }
}
