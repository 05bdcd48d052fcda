public import Foundation

/// The making of small PNG files (RFC 2083) whose pixels are stored without compression.
public enum PNGFile {
    /// A square of `side` pixels, 8 bits of red, green and blue, that differs by `seed`.
    public static func gradient(side: Int, seed: UInt8) -> Data {
        var rows = [UInt8]()
        for y in 0..<side {
            rows.append(0)  // no filter
            for x in 0..<side {
                rows += [seed, UInt8(truncatingIfNeeded: x * 31 + Int(seed)), UInt8(truncatingIfNeeded: y * 17)]
            }
        }
        return file(side: side, rows: rows)
    }

    /// A square of `side` pixels that only the same `seed` gives again.
    public static func noise(side: Int, seed: UInt64) -> Data {
        var generator = SeededGenerator(seed: seed)
        let rows = (0..<side).flatMap { _ -> [UInt8] in [0] + generator.bytes(3 * side) }
        return file(side: side, rows: rows)
    }

    /// The file of these rows, each a filter's number and its pixels.
    private static func file(side: Int, rows: [UInt8]) -> Data {
        let header = bigEndian(UInt32(side)) + bigEndian(UInt32(side)) + [8, 2, 0, 0, 0]
        return Data([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A])
            + Data(chunk("IHDR", header) + chunk("IDAT", zlib(rows)) + chunk("IEND", []))
    }

    private static func bigEndian(_ value: UInt32) -> [UInt8] { withUnsafeBytes(of: value.bigEndian) { Array($0) } }

    private static func chunk(_ type: String, _ content: [UInt8]) -> [UInt8] {
        let body = Array(type.utf8) + content
        return bigEndian(UInt32(content.count)) + body + bigEndian(crc(body))
    }

    /// One stored block (RFC 1951 section 3.2.4) of at most 65,535 bytes in zlib's frame (RFC 1950).
    private static func zlib(_ bytes: [UInt8]) -> [UInt8] {
        let length = UInt16(bytes.count)
        let lengths = [length, ~length].flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
        var (a, b) = (1 as UInt32, 0 as UInt32)
        for byte in bytes {
            a = (a + UInt32(byte)) % 65_521
            b = (b + a) % 65_521
        }
        return [0x78, 0x01, 0x01] + lengths + bytes + bigEndian(b << 16 | a)
    }

    private static func crc(_ bytes: [UInt8]) -> UInt32 {
        ~bytes.reduce(~0) { crc, byte in
            (0..<8).reduce(crc ^ UInt32(byte)) { value, _ in value & 1 == 1 ? value >> 1 ^ 0xEDB8_8320 : value >> 1 }
        }
    }
}
