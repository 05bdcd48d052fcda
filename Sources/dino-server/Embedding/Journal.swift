import Foundation

/// What an embedding run has done so far, one JSON line an image, so that a stopped run goes on where it was.
///
/// The first line says which model and size the vectors are from; a journal of another model is an error, never mixed in.
final class Journal {
    /// What the vectors of a journal have in common.
    struct Identity: Codable, Equatable {
        var fingerprint: String
        var size: Int
    }

    /// One image's vector.
    struct Entry: Codable {
        var file: String
        /// Little-endian float32, base64 in the file.
        var embedding: Data

        /// The vector.
        var vector: [Float] {
            embedding.withUnsafeBytes { bytes in
                (0..<bytes.count / 4).map { bytes.loadUnaligned(fromByteOffset: $0 * 4, as: Float.self) }
            }
        }

        init(file: String, vector: [Float]) {
            self.file = file
            embedding = vector.withUnsafeBytes { Data($0) }
        }
    }

    let path: String
    /// The files that have an entry.
    private(set) var done = Set<String>()
    private let handle: FileHandle

    /// The journal at `path`, begun or continued; half a line that a stopped run left at its end is dropped.
    init(path: String, identity: Identity) throws {
        self.path = path
        if !FileManager.default.fileExists(atPath: path) {
            try Self.line(identity).write(to: URL(filePath: path))
        }
        let whole = try Self.read(path) { _ in }
        guard whole.identity == identity else { throw ForeignJournal(path: path) }
        handle = try FileHandle(forUpdating: URL(filePath: path))
        try handle.truncate(atOffset: UInt64(whole.length))
        try handle.seekToEnd()
        try forEach { done.insert($0.file) }
    }

    /// Adds one image.
    func append(_ entry: Entry) throws {
        try handle.write(contentsOf: Self.line(entry))
        done.insert(entry.file)
    }

    /// Every entry, in the order they were added; one is in memory at a time.
    func forEach(_ body: (Entry) throws -> Void) throws {
        _ = try Self.read(path) { try body(JSONDecoder().decode(Entry.self, from: $0)) }
    }

    /// Deletes the journal, whose content is elsewhere now.
    func remove() throws {
        try handle.close()
        try FileManager.default.removeItem(atPath: path)
    }

    private static func line(_ value: some Encodable) throws -> Data {
        try JSONEncoder().encode(value) + Data([0x0A])
    }

    /// Reads whole lines: the identity in the first, entries in the others; gives the length of all whole lines.
    private static func read(_ path: String, _ body: (Data) throws -> Void) throws -> (identity: Identity?, length: Int)
    {
        let reader = try FileHandle(forReadingFrom: URL(filePath: path))
        defer { try? reader.close() }
        var identity: Identity?
        var length = 0
        var isFirst = true
        var pending = Data()
        while let piece = try reader.read(upToCount: 1 << 20), !piece.isEmpty {
            pending.append(piece)
            while let end = pending.firstIndex(of: 0x0A) {
                let line = Data(pending[pending.startIndex..<end])
                if isFirst { identity = try? JSONDecoder().decode(Identity.self, from: line) } else { try body(line) }
                isFirst = false
                length += line.count + 1
                pending = pending[(end + 1)...]
            }
        }
        return (identity, length)
    }
}

/// A journal of another model, or of another size.
struct ForeignJournal: Error, CustomStringConvertible {
    let path: String
    var description: String {
        "\(path) is of another model or size. Finish that run with its own options, or delete the file to start anew."
    }
}
