/// The directory of a zip file of stored (uncompressed) records, the only kind that `torch.save` writes.
///
/// Rules of PKWARE's APPNOTE 6.3.10, narrowed: the archive starts at byte 0 and its end record ends the file; one
/// disk; no compression, encryption or duplicate names; local headers agree with the directory; records are disjoint.
struct ZipArchive {
    /// One record.
    struct Entry {
        let name: String
        let range: Range<Int>
        let checksum: UInt32
    }

    /// The records by name.
    private(set) var entries: [String: Entry] = [:]

    /// The largest number of records that is read.
    static let maximumEntries = 20_000
    private static let maximumDirectoryBytes = 16 << 20
    private let file: MappedFile

    /// The directory of a mapped file.
    init(_ file: MappedFile) throws(CheckpointError) {
        self.file = file
        let end = try Self.endRecord(file)
        guard end.entries <= Self.maximumEntries else {
            throw .limitExceeded(file: file.path, what: "the number of zip records", limit: Self.maximumEntries)
        }
        guard end.directory.count <= Self.maximumDirectoryBytes, let bytes = file.copy(end.directory) else {
            throw .limitExceeded(file: file.path, what: "the zip directory", limit: Self.maximumDirectoryBytes)
        }
        var reader = ByteReader(bytes)
        var occupied: [Range<Int>] = []
        for _ in 0..<end.entries {
            guard let record = DirectoryRecord(&reader) else { throw damaged("the zip directory is cut short") }
            let (entry, span) = try locate(record, limit: end.directory.lowerBound)
            guard entries.updateValue(entry, forKey: entry.name) == nil else {
                throw damaged("two zip records are named \(quoted(entry.name))")
            }
            occupied.append(span)
        }
        guard reader.remaining == 0 else { throw damaged("the zip directory holds more than its stated records") }
        occupied.sort { $0.lowerBound < $1.lowerBound }
        guard zip(occupied, occupied.dropFirst()).allSatisfy({ $0.upperBound <= $1.lowerBound }),
            occupied.first?.lowerBound ?? 0 == 0
        else { throw damaged("zip records overlap or do not start the file") }
    }

    private func damaged(_ reason: String) -> CheckpointError {
        .damaged(file: file.path, reason: reason)
    }

    /// The bytes of a small record, their checksum compared.
    func contents(_ entry: Entry, limit: Int) throws(CheckpointError) -> [UInt8] {
        guard entry.range.count <= limit else {
            throw .limitExceeded(file: file.path, what: "record \(quoted(entry.name))", limit: limit)
        }
        guard let bytes = file.copy(entry.range), bytes.withUnsafeBytes(CRC32.checksum) == entry.checksum else {
            throw damaged("record \(quoted(entry.name)) fails its CRC-32")
        }
        return bytes
    }

    /// Checks a directory record against its local header, and returns it with all the bytes it occupies.
    private func locate(
        _ record: DirectoryRecord, limit: Int
    ) throws(CheckpointError) -> (Entry, span: Range<Int>) {
        let name = quoted(record.name)
        guard record.flags & 0x2041 == 0 else { throw damaged("record \(name) is encrypted") }
        guard record.method == 0 else {
            throw .unsupported(
                file: file.path, what: "the compressed record \(name)",
                advice: "Save it again with torch.save, or as safetensors; do not re-zip it.")
        }
        guard record.compressedSize == record.size, record.disk == 0, record.offset < limit,
            let bytes = file.copy(record.offset..<min(record.offset + 30, limit)),
            let local = LocalHeader(bytes), local.agrees(with: record)
        else { throw damaged("record \(name) disagrees with its local header") }
        let start = record.offset + 30 + local.nameLength + local.extraLength
        guard start <= limit, record.size <= limit - start,
            let localName = file.copy(record.offset + 30..<record.offset + 30 + local.nameLength),
            localName == Array(record.name.utf8)
        else { throw damaged("record \(name) leaves the file or disagrees with its local header") }
        let range = start..<start + record.size
        return (Entry(name: record.name, range: range, checksum: record.checksum), record.offset..<range.upperBound)
    }
}
