import Foundation

/// What an embedding run has done so far, one JSON line an image, so that a stopped run goes on where it was.
///
/// The first line says which model and size the vectors are from; a journal of another model is an error, never mixed in.
/// A line counts once its line feed is there. The file is locked: two runs never write the same output. In memory are
/// the paths and where their lines start, never the vectors.
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

    private let path: String
    private let file: LockedFile
    /// Where the line of each file lies.
    private var lines = [String: Range<Int>]()
    private var end = 0

    /// The journal at `path`, begun or continued; a line that a stopped run left unfinished at its end is dropped.
    init(path: String, identity: Identity) throws {
        self.path = path
        file = try LockedFile(path: path)
        let first = try Self.line(identity)
        guard try isUsed(first) else {
            try file.truncate(to: 0)
            try file.write(first, at: 0)
            end = first.count
            return
        }
        try readEntries(from: first.count)
        try file.truncate(to: end)
    }

    /// Whether `file` has an entry.
    func contains(_ file: String) -> Bool { lines[file] != nil }

    /// Adds one image.
    func append(_ entry: Entry) throws {
        let line = try Self.line(entry)
        try file.write(line, at: end)
        lines[entry.file] = end..<end + line.count
        end += line.count
    }

    /// The vector of `file`, read from the disk; nothing where it has no entry.
    func vector(of file: String) throws -> [Float]? {
        guard let line = lines[file] else { return nil }
        return try JSONDecoder().decode(Entry.self, from: self.file.read(line)).vector
    }

    /// Deletes the journal, whose content is elsewhere now.
    func remove() throws { try file.remove() }

    private static func line(_ value: some Encodable) throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(value) + Data([0x0A])
    }

    /// Whether the file holds the first line; a beginning of it is what a run left that was stopped right then.
    private func isUsed(_ first: Data) throws -> Bool {
        let present = try file.read(0..<first.count)
        guard first.starts(with: present) else { throw ForeignJournal(path: path) }
        return present.count == first.count
    }

    /// Notes the entries from `start` on, up to the first line that is none.
    private func readEntries(from start: Int) throws {
        end = start
        var pending = Data()
        while true {
            let piece = try file.read(end + pending.count..<end + pending.count + 1 << 20)
            guard !piece.isEmpty else { return }
            pending.append(piece)
            var rest = pending[...]
            while let feed = rest.firstIndex(of: 0x0A) {
                guard let entry = try? JSONDecoder().decode(Entry.self, from: rest[...feed]) else { return }
                let length = feed + 1 - rest.startIndex
                lines[entry.file] = end..<end + length
                end += length
                rest = rest[(feed + 1)...]
            }
            pending = Data(rest)
        }
    }
}

/// A journal of another model, or of another size.
struct ForeignJournal: Error, CustomStringConvertible {
    let path: String
    var description: String {
        "\(path) is of another model or size. Finish that run with its own options, or delete the file to start anew."
    }
}
