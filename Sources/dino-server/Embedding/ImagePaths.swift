import Foundation
import ImageFiles

/// The search for the image files that a command line means.
enum ImagePaths {
    /// The files among `paths`, and the image files of the folders among them, sorted within each folder, each once.
    static func find(_ paths: [String]) throws(FileError) -> [String] {
        var files = [String]()
        for path in paths {
            var isFolder: ObjCBool = false
            guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
                throw FileError(path: path, reason: "there is no such file or folder")
            }
            files += isFolder.boolValue ? try images(in: path) : [path]
        }
        var seen = Set<String>()
        return files.filter { seen.insert($0).inserted }
    }

    private static func images(in folder: String) throws(FileError) -> [String] {
        do {
            return try FileManager.default.subpathsOfDirectory(atPath: folder)
                .filter { Photograph.isImage($0.split(separator: "/").last ?? "") }
                .sorted()
                .map { folder.hasSuffix("/") ? folder + $0 : folder + "/" + $0 }
        } catch {
            throw FileError(path: folder, reason: "the folder cannot be searched: \(error.localizedDescription)")
        }
    }
}
