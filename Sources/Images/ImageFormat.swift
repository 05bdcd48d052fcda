/// A file format that can be decoded.
public enum ImageFormat: String, Sendable, CaseIterable {
    /// ISO/IEC 10918-1, every process libjpeg decodes.
    case jpeg
    /// ISO/IEC 15948; of an animated PNG the default image.
    case png
    /// RFC 9649; of an animated WebP the first frame.
    case webp

    /// The format that the first bytes announce; names and media types play no part.
    public static func sniff(_ bytes: [UInt8]) -> ImageFormat? {
        if bytes.starts(with: [0xFF, 0xD8, 0xFF]) { return .jpeg }
        if bytes.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) { return .png }
        if bytes.hasASCII("RIFF", at: 0), bytes.hasASCII("WEBP", at: 8) { return .webp }
        return nil
    }

    /// The name people write.
    public var name: String {
        switch self {
        case .jpeg: "JPEG"
        case .png: "PNG"
        case .webp: "WebP"
        }
    }
}
