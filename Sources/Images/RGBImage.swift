/// An upright picture of 8-bit red, green and blue samples.
///
///     let pixel = RGBImage(width: 1, height: 1, pixels: [255, 0, 0])
public struct RGBImage: Sendable, Equatable {
    /// The number of pixels in a row.
    public let width: Int
    /// The number of rows.
    public let height: Int
    /// The samples, `(height, width, 3)` row by row from the top, without padding.
    ///
    /// - Precondition: a new value has as many.
    public var pixels: [UInt8] {
        didSet { Self.checkCount(pixels.count, width, height) }
    }

    /// A picture over existing samples.
    ///
    /// - Precondition: both sides are at least 1 and `pixels.count` is `width * height * 3`.
    public init(width: Int, height: Int, pixels: [UInt8]) {
        precondition(width > 0 && height > 0, "\(width)×\(height) is no picture")
        Self.checkCount(pixels.count, width, height)
        self.width = width
        self.height = height
        self.pixels = pixels
    }

    private static func checkCount(_ count: Int, _ width: Int, _ height: Int) {
        precondition(count == width * height * 3, "\(count) samples do not fill \(width)×\(height)")
    }
}
