import Checkpoints
import Foundation

/// A folder that pictures are written to; each appears whole or not at all.
struct PictureFolder {
    private let path: String

    /// The folder at `path`, made where there is none.
    init(_ path: String) throws(FileError) {
        self.path = path
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        } catch {
            throw FileError(path: path, reason: "the folder cannot be made: \(error.localizedDescription)")
        }
    }

    /// Writes `bytes` to the file `name`, in place of one that is there.
    func write(_ bytes: [UInt8], to name: String) throws {
        var file = try AtomicFile(path: path + "/" + name)
        try file.write(bytes)
        try file.commit()
    }

    /// A name for the picture of each file: its own without the extension, and a number behind it from the second file of
    /// one name on.
    static func names(of files: [String]) -> [String] {
        var names = [String](), taken = Set<String>()
        for file in files {
            let stem = URL(filePath: file).deletingPathExtension().lastPathComponent
            var (name, number) = (stem, 2)
            while !taken.insert(name).inserted { (name, number) = ("\(stem)-\(number)", number + 1) }
            names.append(name)
        }
        return names
    }
}
