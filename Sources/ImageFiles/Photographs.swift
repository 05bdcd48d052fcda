public import Foundation

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
    /// .tar, of which nothing is extracted. Hidden files and folders are left out; of a .tar also links and what lies
    /// outside its folder, all listed as `unreadable`. Of a .tar, folders around all its classes do not count: `cifar10/train/cat/1.jpg` beside `cifar10/train/dog/2.jpg` is `cat/1.jpg`.
    ///
    /// Blocking: one look at every file, no reading of images.
    /// - Throws: ``FileError`` where there is no such place, no image in it, or a .tar is damaged or compressed.
    public static func find(_ url: URL) throws(FileError) -> Photographs {
        let path = url.path(percentEncoded: false)
        var status = stat()
        guard stat(path, &status) == 0 else {
            throw FileError(path: path, reason: "it cannot be opened: \(String(cString: strerror(errno)))")
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
            throw FileError(
                path: path,
                reason: "there is no image: looked for .jpg, .jpeg, .png and .webp in "
                    + (isFolder ? "this folder and those below it" : "this archive") + first)
        }
        return Photographs(files, unreadable: unreadable)
    }

    /// Photographs that were found in another way, in their order; labels are places in `classes`.
    public init(_ photographs: [Photograph], classes: [String]) {
        (self.photographs, self.classes, unreadable) = (photographs, classes, [])
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
