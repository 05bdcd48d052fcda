/// The one thing read from EXIF data: orientation.
enum EXIF {
    /// The orientation in the first directory of a TIFF block; upright where it is absent or makes no sense.
    ///
    /// Follows no pointer but the one to the first directory, so that loops cannot matter (TIFF 6.0, section 2).
    static func orientation(inTIFF block: ArraySlice<UInt8>) -> Orientation {
        var reader = ByteReader(bytes: block)
        switch reader.uint16(at: 0) {
        case 0x4949: reader.littleEndian = true
        case 0x4D4D: reader.littleEndian = false
        default: return .upright
        }
        guard reader.uint16(at: 2) == 42, let directory = reader.uint32(at: 4), directory >= 8,
            let count = reader.uint16(at: directory)
        else { return .upright }
        for index in 0..<count {
            let entry = directory + 2 + 12 * index
            guard let tag = reader.uint16(at: entry) else { return .upright }
            if tag == 0x0112 { return value(of: entry, in: reader).flatMap(Orientation.init) ?? .upright }
        }
        return .upright
    }

    /// The single unsigned number of an entry; readers accept BYTE, SHORT and LONG alike (TIFF 6.0, section 7).
    private static func value(of entry: Int, in reader: ByteReader) -> Int? {
        guard reader.uint32(at: entry + 4) == 1 else { return nil }
        switch reader.uint16(at: entry + 2) {
        case 1: return reader.byte(at: entry + 8)
        case 3: return reader.uint16(at: entry + 8)
        case 4: return reader.uint32(at: entry + 8)
        default: return nil
        }
    }
}
