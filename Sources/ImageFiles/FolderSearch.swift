import Foundation

/// The search for image files in a folder and the folders below it.
struct FolderSearch {
    /// Files and folders that could not be looked at, and why.
    private(set) var unreadable: [(name: String, reason: String)] = []
    private var files: [FoundFile] = []
    /// Folders by device and number, so that links in a circle end.
    private var visited: Set<[UInt64]> = []

    /// The image files, in no order.
    ///
    /// - Throws: ``FileError`` where the folder itself cannot be read; one below it is noted as unreadable.
    mutating func files(in root: String) throws(FileError) -> [FoundFile] {
        visit(root, name: "")
        if let first = unreadable.first, first.name.isEmpty {
            throw FileError(path: root, reason: "the folder cannot be read: \(first.reason)")
        }
        return files
    }

    /// Looks at what a path leads to; `name` is the path below the root.
    private mutating func visit(_ path: String, name: String) {
        var status = stat()
        guard stat(path, &status) == 0 else {
            return unreadable.append((name, String(cString: strerror(errno))))
        }
        switch status.st_mode & S_IFMT {
        case S_IFDIR:
            guard visited.insert([UInt64(status.st_dev), UInt64(status.st_ino)]).inserted else { return }
            search(path, name: name)
        case S_IFREG where Photograph.isImage(name):
            let modified = Int(status.st_mtim.tv_sec) &* 1_000_000_000 &+ Int(status.st_mtim.tv_nsec)
            files.append(
                FoundFile(name: name, size: Int(status.st_size), modified: modified, source: .file(path: path)))
        default: return
        }
    }

    private mutating func search(_ folder: String, name: String) {
        do {
            // By name: which of several links to a folder names its files must not depend on the disk.
            for entry in try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
            where !entry.hasPrefix(".") {
                visit(folder + "/" + entry, name: name.isEmpty ? entry : name + "/" + entry)
            }
        } catch {
            unreadable.append((name, error.localizedDescription))
        }
    }
}
