extension ImageFormat {
    /// What content that is no JPEG, PNG or WebP looks like, for the sentence that refuses it.
    static func appearance(of bytes: [UInt8]) -> String {
        for (signature, offset, name) in signatures where bytes.hasASCII(signature, at: offset) { return name }
        if bytes.starts(with: [0x00, 0x00, 0x01, 0x00]) { return "ICO" }
        if bytes.starts(with: [0xFF, 0x0A]) { return "JPEG XL" }
        if bytes.starts(with: [0x1F, 0x8B]) { return "gzip" }
        if bytes.hasASCII("ftyp", at: 4) { return "a video or another ISO media file" }
        let head = bytes.prefix(1024)
        if head.allSatisfy({ $0 == 0 }) { return "zeros" }
        guard head.allSatisfy({ $0 >= 0x20 || (0x09...0x0D).contains($0) }) else { return "unknown binary data" }
        return appearance(ofText: String(decoding: head, as: UTF8.self).lowercased())
    }

    private static func appearance(ofText text: String) -> String {
        if text.contains("<svg") { return "SVG" }
        if text.contains("<html") || text.contains("<!doctype html") { return "HTML" }
        if text.hasPrefix("data:image/") { return "a data URI" }
        if text.first == "{" || text.first == "[" { return "JSON" }
        return "text"
    }

    /// Bytes, where they stand, and the format they belong to.
    private static let signatures: [(signature: String, offset: Int, name: String)] = [
        ("GIF8", 0, "GIF"), ("%PDF", 0, "PDF"), ("BM", 0, "BMP"), ("8BPS", 0, "Photoshop"), ("PK\u{3}\u{4}", 0, "ZIP"),
        ("II*\0", 0, "TIFF"), ("MM\0*", 0, "TIFF"), ("II+\0", 0, "TIFF"), ("MM\0+", 0, "TIFF"), ("RIFF", 0, "RIFF"),
        ("ftypavif", 4, "AVIF"), ("ftypavis", 4, "AVIF"), ("ftypheic", 4, "HEIC"), ("ftypheix", 4, "HEIC"),
        ("ftyphevc", 4, "HEIC"), ("ftypmif1", 4, "HEIC"), ("ftypmsf1", 4, "HEIC"), ("JXL ", 4, "JPEG XL"),
        ("jP  ", 4, "JPEG 2000"), ("qoif", 0, "QOI"), ("P6\n", 0, "PPM"), ("P5\n", 0, "PGM"),
    ]
}

extension [UInt8] {
    /// Whether these characters, one byte each, stand at an offset.
    func hasASCII(_ text: String, at offset: Int) -> Bool {
        count - offset >= text.utf8.count && self[offset...].starts(with: text.utf8)
    }
}
