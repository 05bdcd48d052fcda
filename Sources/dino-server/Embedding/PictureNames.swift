import Foundation

/// The names of pictures made of files: each file's own without folders and ending, all in one folder.
struct PictureNames {
    /// The names in the order of the files.
    let names: [String]

    /// The names of pictures of `files`.
    ///
    /// - Throws: where two files would have the same, or there is none.
    init(_ files: [String]) throws(PictureNameError) {
        guard !files.isEmpty else {
            throw PictureNameError(reason: "There is no image among the files and folders given.")
        }
        names = files.map { URL(filePath: $0).deletingPathExtension().lastPathComponent }
        var first = [String: String]()
        for (file, name) in zip(files, names) {
            if let other = first.updateValue(file, forKey: name) {
                throw PictureNameError(
                    reason: "Pictures of \(other) and of \(file) would have the same names: write them to two folders.")
            }
        }
    }
}

/// Files whose pictures have no names of their own.
struct PictureNameError: Error, CustomStringConvertible {
    let reason: String
    var description: String { reason }
}
