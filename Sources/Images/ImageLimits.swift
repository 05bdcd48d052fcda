/// Bounds on what a file may ask of the decoder, checked before the memory is taken.
public struct ImageLimits: Sendable, Equatable {
    /// The largest `width * height`; a decoded pixel takes 3 bytes.
    public var maximumPixels = 40_000_000
    /// The largest width and the largest height.
    public var maximumSide = 16_384
    /// The most scans of a progressive JPEG; encoders write about ten.
    public var maximumJPEGScans = 100
    /// The most pixels that all scans of a progressive JPEG pass over together: 25 scans of the largest picture.
    public var maximumJPEGScannedPixels = 1_000_000_000
    /// The most working memory of the JPEG decoder in bytes, and as much for a resize along with it; a progressive
    /// picture takes 6 a pixel, in CMYK 8.
    public var maximumJPEGBytes = 320 << 20

    /// The default limits.
    public init() {}

    /// The most scans of a JPEG of so many pixels.
    func maximumJPEGScans(pixels: Int) -> Int {
        min(maximumJPEGScans, maximumJPEGScannedPixels / max(pixels, 1))
    }

    /// Throws unless a picture of this size may be decoded.
    func check(width: Int, height: Int) throws(ImageError) {
        guard width <= maximumSide, height <= maximumSide, width <= maximumPixels / max(height, 1) else {
            throw .tooLarge(width: width, height: height, limits: self)
        }
    }
}
