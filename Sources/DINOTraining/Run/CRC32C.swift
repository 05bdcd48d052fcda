/// The checksum of TFRecord files: CRC-32C (RFC 3720, reflected polynomial 0x82F63B78), and TensorFlow's masked form.
package enum CRC32C {
    private static let table: [UInt32] = (0..<256).map { byte in
        (0..<8).reduce(UInt32(byte)) { value, _ in value & 1 == 1 ? value >> 1 ^ 0x82F6_3B78 : value >> 1 }
    }

    /// The checksum of some bytes.
    package static func checksum(_ bytes: some Sequence<UInt8>) -> UInt32 {
        ~bytes.reduce(~0) { $0 >> 8 ^ table[Int(UInt8(truncatingIfNeeded: $0) ^ $1)] }
    }

    /// The checksum rotated and moved, so that the checksum of bytes with checksums in them stays a good one.
    static func masked(_ bytes: some Sequence<UInt8>) -> UInt32 {
        let crc = checksum(bytes)
        return (crc >> 15 | crc << 17) &+ 0xA282_EAD8
    }
}
