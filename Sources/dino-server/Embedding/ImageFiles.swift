import Foundation

/// The search for image files.
enum ImageFiles {
    private static let extensions: Set = ["jpg", "jpeg", "png", "webp"]

    /// The files among `paths`, and the image files of the folders among them, sorted within each folder, each once.
    static func find(_ paths: [String]) throws -> [String] {
        var files = [String]()
        for path in paths {
            var isFolder: ObjCBool = false
            guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
                throw CocoaError(.fileNoSuchFile, userInfo: [NSFilePathErrorKey: path])
            }
            files += isFolder.boolValue ? try images(in: path) : [path]
        }
        var seen = Set<String>()
        return files.filter { seen.insert($0).inserted }
    }

    private static func images(in folder: String) throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: folder)
            .filter { extensions.contains(URL(filePath: $0).pathExtension.lowercased()) }
            .sorted()
            .map { folder.hasSuffix("/") ? folder + $0 : folder + "/" + $0 }
    }
}
