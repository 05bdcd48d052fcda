import Checkpoints
import Foundation
import Images

/// A file of decoded images, mapped: a head, the samples one image after the other, an index, a tail.
///
/// Little-endian. Head (24 bytes): magic, version, key. Index: four 32-bit numbers an image (the photograph's position,
/// width, height, CRC-32 of the samples), then JSON of what was skipped. Tail (24 bytes): the number of images, the
/// length of the JSON, the CRC-32 of index and JSON.
struct PackedImages: Sendable {
    /// What the index says about an image.
    struct Entry: Sendable {
        let position, width, height: Int
        let checksum: UInt32
        /// Where its samples are.
        let range: Range<Int>
    }

    /// A photograph without an image.
    struct Skipped: Codable, Sendable {
        let position: Int
        let reason: String
    }

    static let magic = UInt64(littleEndian: 0x4B43_4150_4F4E_4944)  // "DINOPACK"
    static let version: UInt64 = 1
    static let headLength = 24, tailLength = 24, entryLength = 16

    private let file: MappedFile
    /// The images.
    let entries: [Entry]
    /// The photographs without one.
    let skipped: [Skipped]

    /// The packed images of a file, nil where it is absent, damaged, or has another key. Reads it once.
    init?(path: String, key: UInt64, photographs: Int) {
        guard let file = try? MappedFile(path: path), file.count >= Self.headLength + Self.tailLength,
            Self.words(file, 0..<Self.headLength) == [Self.magic, Self.version, key],
            let index = Self.index(file), let entries = Self.entries(index.entries, end: index.start),
            let skipped = try? JSONDecoder().decode([Skipped].self, from: Data(index.json))
        else { return nil }
        let positions = entries.map(\.position) + skipped.map(\.position)
        guard positions.allSatisfy((0..<photographs).contains), entries.allSatisfy({ Self.isWhole($0, in: file) })
        else {
            return nil
        }
        (self.file, self.entries, self.skipped) = (file, entries, skipped)
    }

    /// A copy of an image.
    func image(_ index: Int) -> RGBImage {
        let entry = entries[index]
        let samples = file.withBytes(entry.range) { [UInt8]($0) }
        return RGBImage(width: entry.width, height: entry.height, pixels: samples)
    }

    private static func index(_ file: MappedFile) -> (start: Int, entries: [UInt8], json: [UInt8])? {
        let end = file.count - tailLength
        let tail = words(file, end..<file.count)
        guard tail.count == 3, let count = Int(exactly: tail[0]), let length = Int(exactly: tail[1]),
            count <= end / entryLength, length <= end
        else { return nil }
        let start = end - length - count * entryLength
        guard start >= headLength, let bytes = file.copy(start..<end),
            tail[2] == UInt64(bytes.withUnsafeBytes(CRC32.checksum))
        else { return nil }
        return (start, Array(bytes[..<(count * entryLength)]), Array(bytes[(count * entryLength)...]))
    }

    /// The entries, nil where they do not fill what lies before the index.
    private static func entries(_ bytes: [UInt8], end: Int) -> [Entry]? {
        var entries: [Entry] = []
        var start = headLength
        for offset in stride(from: 0, to: bytes.count, by: entryLength) {
            let numbers = (0..<4).map { number in
                (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[offset + 4 * number + $1]) << (8 * UInt32($1)) }
            }
            let (position, width, height) = (Int(numbers[0]), Int(numbers[1]), Int(numbers[2]))
            guard width > 0, height > 0, width <= 1 << 20, height <= 1 << 20, width * height * 3 <= end - start else {
                return nil
            }
            let range = start..<start + width * height * 3
            entries.append(
                Entry(position: position, width: width, height: height, checksum: numbers[3], range: range))
            start = range.upperBound
        }
        return start == end ? entries : nil
    }

    private static func isWhole(_ entry: Entry, in file: MappedFile) -> Bool {
        file.withBytes(entry.range) { CRC32.checksum($0) } == entry.checksum
    }

    private static func words(_ file: MappedFile, _ range: Range<Int>) -> [UInt64] {
        file.withBytes(range) { bytes in
            stride(from: 0, to: bytes.count - 7, by: 8).map {
                UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: $0, as: UInt64.self))
            }
        }
    }
}
