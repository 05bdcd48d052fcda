/// The checksum of a zip record (ISO 3309, reflected polynomial 0xEDB88320), sixteen bytes a step.
package enum CRC32 {
    /// Sixteen tables of 256: table `k` advances a byte past `k` further zero bytes.
    private static let tables: [UInt32] = {
        var tables = [UInt32](repeating: 0, count: 16 * 256)
        for index in 0..<256 {
            tables[index] = (0..<8).reduce(UInt32(index)) { value, _ in
                value & 1 == 1 ? value >> 1 ^ 0xEDB8_8320 : value >> 1
            }
        }
        for index in 256..<tables.count {
            let previous = tables[index - 256]
            tables[index] = previous >> 8 ^ tables[Int(previous & 0xFF)]
        }
        return tables
    }()

    /// The checksum of some bytes; a gigabyte or two a second.
    package static func checksum(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
        guard let base = bytes.baseAddress else { return 0 }
        return tables.withUnsafeBufferPointer { tables in
            guard let table = tables.baseAddress else { return 0 }
            var crc = ~UInt32(0)
            var index = 0
            while index + 16 <= bytes.count {
                let low = UInt64(littleEndian: base.loadUnaligned(fromByteOffset: index, as: UInt64.self))
                let high = UInt64(littleEndian: base.loadUnaligned(fromByteOffset: index + 8, as: UInt64.self))
                crc = advance(low ^ UInt64(crc), table + 8 * 256) ^ advance(high, table)
                index += 16
            }
            while index < bytes.count {
                crc = crc >> 8 ^ table[Int((crc ^ UInt32(bytes[index])) & 0xFF)]
                index += 1
            }
            return ~crc
        }
    }

    /// What eight bytes add, the first of them looked up in the last of eight tables.
    @inline(__always)
    private static func advance(_ word: UInt64, _ table: UnsafePointer<UInt32>) -> UInt32 {
        func look(_ byte: Int) -> UInt32 { table[(7 - byte) * 256 + Int(word >> UInt64(8 * byte) & 0xFF)] }
        return (look(0) ^ look(1)) ^ (look(2) ^ look(3)) ^ (look(4) ^ look(5)) ^ (look(6) ^ look(7))
    }
}
