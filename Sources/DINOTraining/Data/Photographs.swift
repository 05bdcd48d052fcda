import Checkpoints
public import Foundation

/// One image file that was found, not yet read.
public struct Photograph: Sendable {
    /// Its path below the folder or within the archive.
    public let name: String
    /// The index of its class, nil in a flat folder.
    public let label: Int?
    /// What tells it from another version of itself: length in bytes and time of change in nanoseconds.
    let size, modified: Int
    private let source: Source

    /// Where the bytes are.
    enum Source: Sendable {
        /// A file of its own.
        case file(path: String)
        /// A part of an archive.
        case archive(MappedFile, Range<Int>)
    }

    /// The most bytes of an image file that are read.
    static let sizeLimit = 1 << 30

    init(_ found: FoundFile, label: Int?) {
        (name, size, modified, source) = (found.name, found.size, found.modified, found.source)
        self.label = label
    }

    /// The bytes of the file. Blocking.
    public func bytes() throws(TrainingError) -> [UInt8] {
        guard size <= Self.sizeLimit else {
            throw .data(place: name, reason: "it has \(size) bytes, at most \(Self.sizeLimit) are read")
        }
        switch source {
        case .file(let path):
            do {
                return [UInt8](try Data(contentsOf: URL(filePath: path)))
            } catch {
                throw .data(place: path, reason: "it cannot be read: \(error.localizedDescription)")
            }
        case .archive(let file, let range):
            guard let bytes = file.copy(range) else {
                throw .data(place: name, reason: "it lies beyond the end of \(file.path)")
            }
            return bytes
        }
    }
}

/// A file as the search met it.
struct FoundFile: Sendable {
    let name: String
    let size, modified: Int
    let source: Photograph.Source

    private static let extensions: Set = ["jpg", "jpeg", "png", "webp"]

    /// Whether a name without folders is an image's.
    static func isImage(_ name: some StringProtocol) -> Bool {
        guard let dot = name.lastIndex(of: "."), dot > name.startIndex else { return false }
        return extensions.contains(name[name.index(after: dot)...].lowercased())
    }
}

/// The image files of a folder or of a tar archive, by name.
///
///     let photographs = try Photographs.find(URL(filePath: "cifar10/train"))
///     photographs.classes   // ["airplane", "automobile", …]
public struct Photographs: Sendable {
    /// The files, sorted by name.
    public let photographs: [Photograph]
    /// The names of the classes, sorted: the first folder below the root, where every file lies in one; else none.
    public let classes: [String]
    /// Files and folders that could not be looked at, and entries of an archive that are not taken, and why.
    public let unreadable: [(name: String, reason: String)]

    /// The files with extension jpg, jpeg, png or webp, in either case, in a folder and all folders below it, or in a
    /// .tar, of which nothing is extracted. Hidden files and folders are left out; of a .tar also links and what lies outside
    /// its folder, all listed as `unreadable`. Of a .tar, folders around all its
    /// classes do not count: `cifar10/train/cat/1.jpg` beside `cifar10/train/dog/2.jpg` is `cat/1.jpg`.
    ///
    /// Blocking: one look at every file, no reading of images.
    /// - Throws: `TrainingError.data` where there is no such place, no image in it, or a .tar is damaged or compressed.
    public static func find(_ url: URL) throws(TrainingError) -> Photographs {
        let path = url.path(percentEncoded: false)
        var status = stat()
        guard stat(path, &status) == 0 else {
            throw .data(place: path, reason: "it cannot be opened: \(String(cString: strerror(errno)))")
        }
        let isFolder = status.st_mode & S_IFMT == S_IFDIR
        let files: [FoundFile], unreadable: [(name: String, reason: String)]
        if isFolder {
            var search = FolderSearch()
            (files, unreadable) = (try search.files(in: path), search.unreadable)
        } else {
            let archive = try TarArchive(path: path)
            (files, unreadable) = (archive.files, archive.leftOut)
        }
        guard !files.isEmpty else {
            let first = unreadable.first.map { "; \($0.name) cannot be read: \($0.reason)" } ?? ""
            throw .data(
                place: path,
                reason: "there is no image: looked for .jpg, .jpeg, .png and .webp in "
                    + (isFolder ? "this folder and those below it" : "this archive") + first)
        }
        return Photographs(files, unreadable: unreadable)
    }

    private init(_ files: [FoundFile], unreadable: [(name: String, reason: String)]) {
        let sorted = files.sorted { $0.name < $1.name }
        let folders = sorted.map { file in file.name.firstIndex(of: "/").map { String(file.name[..<$0]) } }
        classes = folders.contains(nil) ? [] : Set(folders.compactMap(\.self)).sorted()
        let labels = Dictionary(uniqueKeysWithValues: classes.enumerated().map { ($1, $0) })
        photographs = zip(sorted, folders).map { file, folder in
            Photograph(file, label: folder.flatMap { labels[$0] })
        }
        self.unreadable = unreadable
    }
}
