import Checkpoints

/// A zip file under construction whose fields can be made to lie.
struct ZipWriter {
    /// One record.
    struct Entry {
        var name: String
        var bytes: [UInt8]
        var method: UInt16 = 0
        var flags: UInt16 = 0
        var directoryName: String?
        var directorySize: Int?
        var directoryOffset: Int?
        var checksum: UInt32?
    }

    var entries: [Entry] = []
    var prefix: [UInt8] = []
    var suffix: [UInt8] = []
    var statedEntries: Int?
    var isZip64 = false

    /// The file's bytes.
    func bytes() -> [UInt8] {
        var file = prefix
        var directory: [UInt8] = []
        for entry in entries {
            let offset = file.count
            let checksum = entry.checksum ?? entry.bytes.withUnsafeBytes { CRC32.checksum($0) }
            let fields = littleEndian(entry.flags) + littleEndian(entry.method) + littleEndian(UInt32(0))
            let name = Array(entry.name.utf8)
            file += [0x50, 0x4B, 3, 4, 20, 0] + fields + littleEndian(checksum)
            file += littleEndian(UInt32(entry.bytes.count)) + littleEndian(UInt32(entry.bytes.count))
            file += littleEndian(UInt16(name.count)) + littleEndian(UInt16(0)) + name + entry.bytes
            let listed = Array((entry.directoryName ?? entry.name).utf8)
            let size = UInt32(entry.directorySize ?? entry.bytes.count)
            directory += [0x50, 0x4B, 1, 2, 20, 0, 20, 0] + fields + littleEndian(checksum)
            directory += littleEndian(size) + littleEndian(size) + littleEndian(UInt16(listed.count))
            directory += [UInt8](repeating: 0, count: 12) + littleEndian(UInt32(entry.directoryOffset ?? offset))
            directory += listed
        }
        let start = file.count
        let count = statedEntries ?? entries.count
        file += directory
        if isZip64 { file += zip64End(count: count, size: directory.count, offset: start) }
        file += [0x50, 0x4B, 5, 6, 0, 0, 0, 0] + littleEndian(UInt16(count)) + littleEndian(UInt16(count))
        file += littleEndian(UInt32(directory.count)) + littleEndian(UInt32(start)) + [0, 0]
        return file + suffix
    }

    private func zip64End(count: Int, size: Int, offset: Int) -> [UInt8] {
        [0x50, 0x4B, 6, 6] + littleEndian(UInt64(44)) + [45, 0, 45, 0] + littleEndian(UInt64(0))
            + littleEndian(UInt64(count)) + littleEndian(UInt64(count)) + littleEndian(UInt64(size))
            + littleEndian(UInt64(offset)) + [0x50, 0x4B, 6, 7] + littleEndian(UInt32(0))
            + littleEndian(UInt64(offset + size)) + littleEndian(UInt32(1))
    }

    /// A PyTorch file of a pickle and its storages.
    static func torch(_ pickle: [UInt8], storages: [String: [UInt8]] = [:]) -> ZipWriter {
        var writer = ZipWriter()
        writer.entries.append(Entry(name: "archive/data.pkl", bytes: pickle))
        writer.entries.append(Entry(name: "archive/byteorder", bytes: Array("little".utf8)))
        for (key, bytes) in storages.sorted(by: { $0.key < $1.key }) {
            writer.entries.append(Entry(name: "archive/data/\(key)", bytes: bytes))
        }
        return writer
    }
}
