/// The making of tar archives, honest and otherwise.
struct TarFile {
    private(set) var bytes: [UInt8] = []

    /// Appends an entry: its header and its contents, padded.
    mutating func add(
        _ name: String, _ contents: [UInt8], type: Character = "0", prefix: String = "", size: String? = nil
    ) {
        var header = [UInt8](repeating: 0, count: 512)
        func put(_ text: String, at offset: Int) {
            header.replaceSubrange(offset..<offset + text.utf8.count, with: text.utf8)
        }
        put(String(name.prefix(100)), at: 0)
        put("0000644", at: 100)
        put(size ?? octal(contents.count, digits: 11), at: 124)
        put(octal(1_700_000_000, digits: 11), at: 136)
        put("        ", at: 148)
        put(String(type), at: 156)
        put("ustar\u{0}00", at: 257)
        put(prefix, at: 345)
        put(octal(header.reduce(0) { $0 + Int($1) }, digits: 6), at: 148)
        bytes += header + contents + [UInt8](repeating: 0, count: (512 - contents.count % 512) % 512)
    }

    /// Appends the mark of the end.
    mutating func end() { bytes += [UInt8](repeating: 0, count: 1024) }

    private func octal(_ number: Int, digits: Int) -> String {
        let text = String(number, radix: 8)
        return String(repeating: "0", count: max(0, digits - text.count)) + text
    }
}
