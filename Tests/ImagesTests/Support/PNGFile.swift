/// A PNG taken apart into chunks, to be put together with lies in it.
struct PNGFile {
    /// A chunk whose length and checksum are made right unless they are overridden.
    struct Chunk {
        var name: String
        var content: [UInt8]
        var length: UInt32?
        var checksum: UInt32?
    }

    var chunks: [Chunk] = []

    init(_ bytes: [UInt8]) {
        var position = 8
        while position + 12 <= bytes.count {
            let length = bytes[position..<position + 4].reduce(0) { $0 << 8 | Int($1) }
            let name = String(decoding: bytes[position + 4..<position + 8], as: UTF8.self)
            chunks.append(Chunk(name: name, content: Array(bytes[position + 8..<position + 8 + length])))
            position += 12 + length
        }
    }

    /// The file's bytes.
    var bytes: [UInt8] {
        chunks.reduce(into: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) { bytes, chunk in
            bytes += bigEndian(chunk.length ?? UInt32(chunk.content.count))
            bytes += Array(chunk.name.utf8) + chunk.content
            bytes += bigEndian(chunk.checksum ?? checksum(Array(chunk.name.utf8) + chunk.content))
        }
    }

    /// The first chunk of a name, to read or to change.
    subscript(name: String) -> Chunk {
        get { chunks.first { $0.name == name } ?? Chunk(name: name, content: []) }
        set {
            guard let index = chunks.firstIndex(where: { $0.name == name }) else { return }
            chunks[index] = newValue
        }
    }

    /// Puts another size into the header.
    mutating func setSize(_ width: UInt32, _ height: UInt32) {
        self["IHDR"].content.replaceSubrange(0..<8, with: bigEndian(width) + bigEndian(height))
    }

    /// The four bytes of a number, highest first.
    func bigEndian(_ value: UInt32) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
    }

    /// The CRC-32 of ISO/IEC 15948, annex D.
    private func checksum(_ bytes: [UInt8]) -> UInt32 {
        ~bytes.reduce(0xFFFF_FFFF) { $0 >> 8 ^ Self.remainders[Int(UInt8(truncatingIfNeeded: $0) ^ $1)] }
    }

    /// What each value of a byte leaves behind.
    private static let remainders: [UInt32] = (0..<256).map { byte in
        (0..<8).reduce(byte) { sum, _ in sum & 1 == 1 ? sum >> 1 ^ 0xEDB8_8320 : sum >> 1 }
    }
}
