extension EXIF {
    /// The orientation that a file's metadata ask for; upright where there are none. One pass over segment headers.
    static func orientation(of bytes: [UInt8], format: ImageFormat) -> Orientation {
        let block =
            switch format {
            case .jpeg: blockInJPEG(bytes)
            case .png: blockInPNG(bytes)
            case .webp: blockInWebP(bytes)
            }
        return block.map(orientation(inTIFF:)) ?? .upright
    }

    /// The first APP1 segment that opens with `Exif` before the first scan (CIPA DC-008, 4.7.2).
    private static func blockInJPEG(_ bytes: [UInt8]) -> ArraySlice<UInt8>? {
        let reader = ByteReader(bytes: bytes[...])
        var position = 2
        while let byte = reader.byte(at: position), let marker = reader.byte(at: position + 1) {
            // Between segments anything may stand, and any number of 0xFF before a marker (ITU-T T.81, B.1.1.2).
            guard byte == 0xFF, marker != 0xFF, marker != 0x00 else {
                position += 1
                continue
            }
            if marker == 0xDA || marker == 0xD9 { return nil }
            if marker == 0x01 || (0xD0...0xD8).contains(marker) {
                position += 2
                continue
            }
            guard let length = reader.uint16(at: position + 2), length >= 2 else { return nil }
            let segment = reader.slice(at: position + 4, count: length - 2)
            if marker == 0xE1, let block = afterPrefix(segment) { return block }
            position += 2 + length
        }
        return nil
    }

    /// The content of the first `eXIf` chunk, on either side of the picture data.
    private static func blockInPNG(_ bytes: [UInt8]) -> ArraySlice<UInt8>? {
        let reader = ByteReader(bytes: bytes[...])
        var position = 8
        while let length = reader.uint32(at: position) {
            if bytes.hasASCII("eXIf", at: position + 4) { return reader.slice(at: position + 8, count: length) }
            if bytes.hasASCII("IEND", at: position + 4) { return nil }
            position += 12 + length
        }
        return nil
    }

    /// The content of the first `EXIF` chunk of the extended format (RFC 9649, 2.7.1.5).
    private static func blockInWebP(_ bytes: [UInt8]) -> ArraySlice<UInt8>? {
        let reader = ByteReader(bytes: bytes[...], littleEndian: true)
        var position = 12
        while let length = reader.uint32(at: position + 4) {
            if bytes.hasASCII("EXIF", at: position) {
                let content = reader.slice(at: position + 8, count: length)
                return afterPrefix(content) ?? content
            }
            position += 8 + length + length % 2
        }
        return nil
    }

    /// The TIFF block behind `Exif\0\0`, which JPEG requires and some writers of WebP keep.
    private static func afterPrefix(_ content: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        content.starts(with: "Exif\0\0".utf8) ? content.dropFirst(6) : nil
    }
}
