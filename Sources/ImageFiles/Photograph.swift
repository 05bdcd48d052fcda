import Checkpoints
import Foundation

/// One image file that was found, not yet read.
public struct Photograph: Sendable {
    /// Its path below the folder or within the archive.
    public let name: String
    /// The index of its class, nil in a flat folder.
    public let label: Int?
    /// Length in bytes when it was found.
    public let size: Int
    /// Time of change, in nanoseconds since 1970 for a file and in seconds for an archive's entry: with the length what
    /// tells it from another version of itself.
    package let modified: Int
    private let source: Source

    /// Where the bytes are.
    enum Source: Sendable {
        /// A file of its own.
        case file(path: String)
        /// A part of an archive.
        case archive(MappedFile, Range<Int>)
        /// Elsewhere, for instance in a database.
        case elsewhere(@Sendable () throws(FileError) -> [UInt8])
    }

    /// The most bytes of an image file that are read where nobody says otherwise.
    public static let sizeLimit = 1 << 30

    /// A photograph that lies neither in a folder nor in an archive.
    ///
    /// - Parameters:
    ///   - size: Length in bytes.
    ///   - read: Gives the bytes. Called on any thread, which it may block.
    public init(
        name: String, label: Int?, size: Int, modified: Int,
        reading read: @escaping @Sendable () throws(FileError) -> [UInt8]
    ) {
        (self.name, self.label, self.size, self.modified) = (name, label, size, modified)
        source = .elsewhere(read)
    }

    init(_ found: FoundFile, label: Int?) {
        (name, size, modified, source) = (found.name, found.size, found.modified, found.source)
        self.label = label
    }

    /// The bytes of the file, of which it has at most `limit`. Blocking.
    ///
    /// - Throws: ``FileError`` for a larger one, and one that is gone or cannot be read.
    public func bytes(limit: Int = sizeLimit) throws(FileError) -> [UInt8] {
        guard size <= limit else {
            throw FileError(path: name, reason: "it has \(size) bytes, the limit is \(limit)")
        }
        switch source {
        case .file(let path): return try RegularFile.read(path, limit: limit)
        case .archive(let file, let range):
            guard let bytes = file.copy(range) else {
                throw FileError(path: name, reason: "it lies beyond the end of \(file.path)")
            }
            return bytes
        case .elsewhere(let read): return try read()
        }
    }

    private static let extensions: Set = ["jpg", "jpeg", "png", "webp"]

    /// Whether a name without folders is an image's, by its extension.
    public static func isImage(_ name: some StringProtocol) -> Bool {
        guard let dot = name.lastIndex(of: "."), dot > name.startIndex else { return false }
        return extensions.contains(name[name.index(after: dot)...].lowercased())
    }
}

/// A file as the search met it.
struct FoundFile: Sendable {
    let name: String
    let size, modified: Int
    let source: Photograph.Source
}
