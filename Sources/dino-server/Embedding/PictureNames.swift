import Foundation

/// The names of pictures made of files: each file's own without folders and ending, all in one folder.
struct PictureNames {
    /// The names in the order of the files.
    let names: [String]
    private let folder: URL

    /// The names of pictures of `files` in `folder`.
    ///
    /// - Throws: where two files would have the same, or there is none.
    init(_ files: [String], in folder: String) throws(PictureNameError) {
        guard !files.isEmpty else {
            throw PictureNameError(reason: "There is no image among the files and folders given.")
        }
        self.folder = URL(filePath: folder, directoryHint: .isDirectory)
        names = files.map { URL(filePath: $0).deletingPathExtension().lastPathComponent }
        var first = [String: String]()
        for (file, name) in zip(files, names) {
            if let other = first.updateValue(file, forKey: name) {
                throw PictureNameError(
                    reason: "Pictures of \(other) and of \(file) would have the same names: write them to two folders.")
            }
        }
    }

    /// The path of the picture that is called by a file's name and an ending.
    func path(_ name: String, _ ending: String) -> String {
        folder.appending(path: "\(name)-\(ending).png").path(percentEncoded: false)
    }
}

/// Files whose pictures have no names of their own.
struct PictureNameError: Error, CustomStringConvertible {
    let reason: String
    var description: String { reason }
}
