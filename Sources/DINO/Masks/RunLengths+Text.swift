extension RunLengths {
    /// The counts in COCO's compressed text.
    public var text: String {
        var bytes = [UInt8]()
        for (index, count) in counts.enumerated() {
            var rest = index > 2 ? count - counts[index - 2] : count
            while true {
                let group = rest & 0x1F
                rest >>= 5
                // The highest bit of the last group is the number's sign.
                let isLast = group & 0x10 == 0 ? rest == 0 : rest == -1
                bytes.append(UInt8(group | (isLast ? 0 : 0x20)) + 48)
                if isLast { break }
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The runs in COCO's compressed text, nil where it is none or does not fill `height` × `width`.
    public init?(height: Int, width: Int, text: String) {
        var counts = [Int](), value = 0, shift = 0
        for byte in text.utf8 {
            guard (48..<112).contains(byte), shift < 60 else { return nil }
            let group = Int(byte) - 48
            value |= (group & 0x1F) << shift
            shift += 5
            guard group & 0x20 == 0 else { continue }
            if group & 0x10 != 0 { value |= -1 << shift }
            let (count, overflow) = value.addingReportingOverflow(counts.count > 2 ? counts[counts.count - 2] : 0)
            guard !overflow else { return nil }
            counts.append(count)
            (value, shift) = (0, 0)
        }
        guard shift == 0 else { return nil }
        self.init(height: height, width: width, counts: counts)
    }
}
