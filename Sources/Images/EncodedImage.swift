import CImageCodecs

/// Pictures as files, in memory.
enum EncodedImage {
    /// The longest side of a JPEG: its header has 16 bits for it, of which libjpeg keeps the last values free.
    private static let maximumJPEGSide = 65_500

    /// A baseline JPEG of `samples`, `(height, width, channels)`.
    static func jpeg(
        _ samples: [UInt8], width: Int, height: Int, channels: Int, quality: Int
    ) throws(ImageEncodingError) -> [UInt8] {
        guard max(width, height) <= maximumJPEGSide else {
            throw ImageEncodingError(format: .jpeg, message: "a side has more than \(maximumJPEGSide) pixels")
        }
        let quality = Int32(min(max(quality, 1), 100))
        return try encode(.jpeg, samples, width, height, channels) { CICJPEGEncode($0, quality, &$1, &$2) }
    }

    /// A PNG of `samples`, `(height, width, channels)`.
    static func png(_ samples: [UInt8], width: Int, height: Int, channels: Int) throws(ImageEncodingError) -> [UInt8] {
        try encode(.png, samples, width, height, channels) { CICPNGEncode($0, &$1, &$2) }
    }

    private static func encode(
        _ format: ImageFormat, _ samples: [UInt8], _ width: Int, _ height: Int, _ channels: Int,
        _ call: (CICSamples, inout CICBytes, inout CICMessage) -> CICStatus
    ) throws(ImageEncodingError) -> [UInt8] {
        precondition(
            samples.count == width * height * channels, "\(samples.count) samples, \(width)×\(height)×\(channels)")
        var (bytes, message) = (CICBytes(), CICMessage())
        let status = samples.withUnsafeBufferPointer { buffer in
            guard let start = buffer.baseAddress else { return CICStatusUnsupported }
            let picture = CICSamples(
                samples: start, width: UInt32(width), height: UInt32(height), channels: Int32(channels))
            return call(picture, &bytes, &message)
        }
        guard status == CICStatusOK else { throw ImageEncodingError(format: format, message: message.string) }
        defer { CICBytesFree(bytes) }
        return [UInt8](UnsafeBufferPointer(start: bytes.start, count: bytes.count))
    }
}

extension RGBImage {
    /// The picture as a baseline JPEG of `quality` 1 to 100 on libjpeg's scale, 4:2:0.
    ///
    /// - Throws: ``ImageEncodingError`` where a side has more than 65,500 pixels.
    public func jpeg(quality: Int) throws(ImageEncodingError) -> [UInt8] {
        try EncodedImage.jpeg(pixels, width: width, height: height, channels: 3, quality: quality)
    }

    /// The picture as a PNG, from which the same pixels come back.
    ///
    /// - Throws: ``ImageEncodingError`` where the memory for it cannot be had.
    public func png() throws(ImageEncodingError) -> [UInt8] {
        try EncodedImage.png(pixels, width: width, height: height, channels: 3)
    }
}

/// A picture that could not be written in a format; the message is the encoder's.
public struct ImageEncodingError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The format it was to have.
    public let format: ImageFormat
    /// The encoder's words.
    public let message: String

    /// An error of the encoder of `format`.
    public init(format: ImageFormat, message: String) { (self.format, self.message) = (format, message) }

    /// A sentence that names what is wrong and what to do next.
    public var description: String {
        "The picture cannot be written as \(format.name): \(message). Make it smaller."
    }
}
