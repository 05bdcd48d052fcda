/// A cursor over bytes that answers nil, and stays where it is, when they run out.
struct ByteReader {
    /// What is read.
    let bytes: [UInt8]
    /// The index of the next byte.
    private(set) var offset: Int

    /// A cursor at the start of `bytes`, or at `offset` within it.
    init(_ bytes: [UInt8], at offset: Int = 0) {
        self.bytes = bytes
        self.offset = min(max(offset, 0), bytes.count)
    }

    /// The number of bytes left.
    var remaining: Int { bytes.count - offset }

    /// The next byte.
    mutating func byte() -> UInt8? {
        guard offset < bytes.count else { return nil }
        defer { offset += 1 }
        return bytes[offset]
    }

    /// The next `count` bytes.
    mutating func take(_ count: Int) -> ArraySlice<UInt8>? {
        guard count >= 0, count <= remaining else { return nil }
        defer { offset += count }
        return bytes[offset..<offset + count]
    }

    /// The next little-endian integer.
    mutating func integer<Value: FixedWidthInteger & UnsignedInteger>(_: Value.Type) -> Value? {
        take(Value.bitWidth / 8)?.reversed().reduce(0) { $0 << 8 | Value($1) }
    }

    /// The next `count` bytes as UTF-8.
    mutating func string(_ count: Int) -> String? {
        take(count).flatMap { String(validating: $0, as: UTF8.self) }
    }

    /// The bytes up to the next line feed, of at most `limit`, and past it.
    mutating func line(limit: Int) -> ArraySlice<UInt8>? {
        let window = bytes[offset..<min(bytes.count, offset + limit + 1)]
        guard let end = window.firstIndex(of: UInt8(ascii: "\n")) else { return nil }
        defer { offset = end + 1 }
        return bytes[offset..<end]
    }
}
