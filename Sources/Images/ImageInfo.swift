/// What the header of an image file says, known before anything is decoded.
public struct ImageInfo: Sendable, Equatable {
    /// The format by content.
    public let format: ImageFormat
    /// The number of pixels in a stored row.
    public let width: Int
    /// The number of stored rows.
    public let height: Int
    /// How the stored rows turn into the upright picture.
    public let orientation: Orientation

    /// The facts of a header.
    public init(format: ImageFormat, width: Int, height: Int, orientation: Orientation) {
        self.format = format
        self.width = width
        self.height = height
        self.orientation = orientation
    }
}
