import CImageCodecs

/// One format's decoder: the only place that calls the C libraries.
struct Codec {
    /// The format it decodes.
    let format: ImageFormat

    /// The decoder of a format.
    init(_ format: ImageFormat) {
        self.format = format
    }

    /// Width and height as stored.
    func size(_ bytes: [UInt8]) throws(ImageError) -> (width: Int, height: Int) {
        var (width, height) = (UInt32(0), UInt32(0))
        var message = CICMessage()
        let status =
            switch format {
            case .jpeg: CICJPEGReadSize(bytes, bytes.count, &width, &height, &message)
            case .png: Self.readPNGSize(bytes, &width, &height)
            case .webp: CICWebPReadSize(bytes, bytes.count, &width, &height, &message)
            }
        if status == CICStatusOK, width == 0 || height == 0 {
            throw .damaged(format, message: "its header says \(width)×\(height) pixels")
        }
        try check(status, message)
        return (Int(width), Int(height))
    }

    /// The samples of the stored picture, `(height, width, 3)`.
    func decode(_ bytes: [UInt8], width: Int, height: Int, limits: ImageLimits) throws(ImageError) -> [UInt8] {
        var message = CICMessage()
        // Also what is left where nothing is decoded.
        var status = CICStatusDamaged
        let count = width * height * 3
        let pixels = [UInt8](unsafeUninitializedCapacity: count) { target, initialized in
            guard let rgb = target.baseAddress else { return }
            let picture = CICPicture(rgb: rgb, width: UInt32(width), height: UInt32(height))
            status = decode(bytes, into: picture, limits: limits, &message)
            initialized = status == CICStatusOK ? count : 0
        }
        try check(status, message)
        return pixels
    }

    /// The samples of a JPEG's picture after `reduction`, `(rows, columns, 3)` as stored.
    static func reduceJPEG(
        _ bytes: [UInt8], _ reduction: JPEGReduction, limits: ImageLimits
    ) throws(ImageError) -> [UInt8] {
        var message = CICMessage()
        var status = CICStatusDamaged
        let count = reduction.columns.outputs * reduction.rows.outputs * 3
        let pixels = [UInt8](unsafeUninitializedCapacity: count) { target, initialized in
            guard let rgb = target.baseAddress else { return }
            reduction.withC { reduction in
                let bounds = limits.forJPEG(width: reduction.width, height: reduction.height)
                status = CICJPEGReduce(bytes, bytes.count, bounds, reduction, rgb, &message)
            }
            initialized = status == CICStatusOK ? count : 0
        }
        try Codec(.jpeg).check(status, message)
        return pixels
    }

    private func decode(
        _ bytes: [UInt8], into picture: CICPicture, limits: ImageLimits, _ message: inout CICMessage
    ) -> CICStatus {
        switch format {
        case .jpeg:
            let bounds = limits.forJPEG(width: picture.width, height: picture.height)
            return CICJPEGDecode(bytes, bytes.count, bounds, picture, &message)
        case .png: return CICPNGDecode(bytes, bytes.count, picture, &message)
        case .webp: return CICWebPDecode(bytes, bytes.count, picture, &message)
        }
    }

    /// The header chunk comes first and has a fixed layout (ISO/IEC 15948, 11.2.2); libpng checks the rest of it.
    private static func readPNGSize(_ bytes: [UInt8], _ width: inout UInt32, _ height: inout UInt32) -> CICStatus {
        let reader = ByteReader(bytes: bytes[...])
        guard bytes.hasASCII("IHDR", at: 12), let columns = reader.uint32(at: 16), let rows = reader.uint32(at: 20)
        else { return CICStatusDamaged }
        (width, height) = (UInt32(columns), UInt32(rows))
        return CICStatusOK
    }

    private func check(_ status: CICStatus, _ message: CICMessage) throws(ImageError) {
        guard status != CICStatusOK else { return }
        let text = message.string
        switch status {
        case CICStatusUnsupported: throw .unsupported(format, message: text)
        case CICStatusLimitExceeded: throw .tooCostly(format, message: text)
        default: throw .damaged(format, message: text.isEmpty ? "its header is incomplete" : text)
        }
    }
}

extension ImageLimits {
    /// What a JPEG of so many pixels may ask for.
    fileprivate func forJPEG(width: UInt32, height: UInt32) -> CICJPEGLimits {
        let scans = maximumJPEGScans(pixels: Int(width) * Int(height))
        return CICJPEGLimits(maximumScans: Int32(clamping: scans), maximumBytes: Int64(max(maximumJPEGBytes, 1)))
    }
}

extension CICMessage {
    /// The library's words.
    var string: String { withUnsafeBytes(of: text) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) } }
}
