import ImageFiles

/// FNV-1a over what tells photographs from others: a hash for accidents, not for adversaries.
struct PhotographHash {
    /// The hash so far.
    private(set) var value: UInt64 = 0xCBF2_9CE4_8422_2325

    private mutating func add(_ byte: UInt8) { value = (value ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }

    /// Takes a number.
    mutating func add(_ number: Int) { withUnsafeBytes(of: number.littleEndian) { $0.forEach { add($0) } } }

    /// Takes a photograph's name and length.
    mutating func add(_ photograph: Photograph) {
        photograph.name.utf8.forEach { add($0) }
        add(0 as Int)
        add(photograph.size)
    }
}
