import Foundation
import ImageFiles

/// The folder that a command writes its pictures to.
struct OutputFolder {
    let path: String

    /// The folder at `path`, made where it is missing.
    init(_ path: String) throws(FileError) {
        self.path = path
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        } catch {
            throw FileError(path: path, reason: "the folder cannot be made: \(error.localizedDescription)")
        }
    }

    /// Writes a file whole, or leaves the one that is there.
    func write(_ bytes: [UInt8], to name: String) throws(FileError) {
        let url = URL(filePath: path, directoryHint: .isDirectory).appending(path: name)
        do {
            try Data(bytes).write(to: url, options: .atomic)
        } catch {
            throw FileError(
                path: url.path(percentEncoded: false),
                reason: "the file cannot be written: \(error.localizedDescription)")
        }
    }
}
