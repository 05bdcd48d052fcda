/// Bounds-checked reading of numbers from bytes; whatever lies outside is `nil`.
struct ByteReader {
    /// The bytes being read.
    let bytes: ArraySlice<UInt8>
    /// Whether numbers start with their lowest byte.
    var littleEndian = false

    /// The byte at an offset from the start.
    func byte(at offset: Int) -> Int? {
        guard offset >= 0, offset < bytes.count else { return nil }
        return Int(bytes[bytes.startIndex + offset])
    }

    /// The 16-bit number at an offset from the start.
    func uint16(at offset: Int) -> Int? {
        guard let first = byte(at: offset), let second = byte(at: offset + 1) else { return nil }
        return littleEndian ? second << 8 | first : first << 8 | second
    }

    /// The 32-bit number at an offset from the start.
    func uint32(at offset: Int) -> Int? {
        guard let first = uint16(at: offset), let second = uint16(at: offset + 2) else { return nil }
        return littleEndian ? second << 16 | first : first << 16 | second
    }

    /// The bytes from an offset on, at most `count` of them.
    func slice(at offset: Int, count: Int) -> ArraySlice<UInt8> {
        guard offset >= 0, offset < bytes.count, count > 0 else { return [] }
        return bytes[(bytes.startIndex + offset)...].prefix(count)
    }
}
