/// Why bytes could not become a picture.
public enum ImageError: Error, Sendable, Equatable {
    /// There were no bytes.
    case empty
    /// The content is no JPEG, PNG or WebP but looks like something else, for example `GIF`.
    case unknownFormat(appearance: String)
    /// The header announces more pixels than the limits allow.
    case tooLarge(width: Int, height: Int, limits: ImageLimits)
    /// The file is cut short or contradicts itself; the message is the decoder's.
    case damaged(ImageFormat, message: String)
    /// The file is a valid variant of its format that is not decoded; the message is the decoder's.
    case unsupported(ImageFormat, message: String)
    /// Decoding would take more scans or memory than the limits allow; the message is the decoder's.
    case tooCostly(ImageFormat, message: String)
}

extension ImageError: CustomStringConvertible {
    /// A sentence that names what is wrong and what to do next.
    public var description: String {
        switch self {
        case .empty:
            "The image is empty: 0 bytes arrived. Send the bytes of a JPEG, PNG or WebP file."
        case .unknownFormat(let appearance):
            "The content looks like \(appearance). Convert it to JPEG, PNG or WebP."
        case .tooLarge(let width, let height, let limits):
            "The image has \(width)×\(height) pixels; at most \(limits.maximumPixels) pixels and "
                + "\(limits.maximumSide) a side are accepted. Scale it down."
        case .damaged(let format, let message):
            "The \(format.name) is damaged: \(message). Send the whole file, or save it anew."
        case .unsupported(let format, let message):
            "The \(format.name) is of a kind that is not decoded: \(message). Save it as an ordinary \(format.name)."
        case .tooCostly(let format, let message):
            "Decoding the \(format.name) would exceed the limits: \(message). Save it as an ordinary \(format.name)."
        }
    }
}
