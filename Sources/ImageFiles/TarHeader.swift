/// The header of one entry of a tar archive: POSIX.1-1988 "ustar", and GNU's numbers.
struct TarHeader {
    /// The length of a header, and what contents are padded to.
    static let blockSize = 512

    /// The path as the header has it, without a long name that precedes it.
    let name: String
    /// The length of the contents in bytes.
    let size: Int
    /// Seconds since 1970.
    let modified: Int
    /// What the entry is: `0` or NUL for a file.
    let type: UInt8

    /// The header in a block, nil where its checksum or its numbers are wrong.
    init?(_ block: [UInt8]) {
        guard block.count == Self.blockSize, Self.hasValidChecksum(block),
            let size = Self.number(block[124..<136]), let modified = Self.number(block[136..<148])
        else { return nil }
        (self.size, self.modified, type) = (size, modified, block[156])
        let name = Self.text(block[0..<100])
        // GNU's own magic has two spaces here, and other things where the prefix would be.
        let prefix = block[257..<263].elementsEqual("ustar\0".utf8) ? Self.text(block[345..<500]) : ""
        self.name = prefix.isEmpty ? name : prefix + "/" + name
    }

    /// The sum of the bytes, those of the sum itself taken for spaces.
    private static func hasValidChecksum(_ block: [UInt8]) -> Bool {
        let sum = block.indices.reduce(0) { $0 + ((148..<156).contains($1) ? 0x20 : Int(block[$1])) }
        return number(block[148..<156]) == sum
    }

    private static func text(_ field: ArraySlice<UInt8>) -> String {
        String(decoding: field.prefix { $0 != 0 }, as: UTF8.self)
    }

    /// Octal digits between spaces, or GNU's binary numbers behind a set highest bit; nil for anything else and for what
    /// no file can have.
    private static func number(_ field: ArraySlice<UInt8>) -> Int? {
        guard let first = field.first else { return nil }
        if first & 0x80 != 0 {
            var value = Int(first & 0x7F)
            for byte in field.dropFirst() {
                guard value < 1 << 48 else { return nil }
                value = value << 8 | Int(byte)
            }
            return value
        }
        let digits = field.drop { $0 == 0x20 }.prefix { $0 != 0x20 && $0 != 0 }
        guard digits.allSatisfy({ (0x30...0x37).contains($0) }) else { return nil }
        return digits.reduce(0) { $0 << 3 | Int($1 - 0x30) }
    }
}
