import Foundation

/// The search for image files, and their reading.
enum ImageFiles {
    private static let extensions: Set = ["jpg", "jpeg", "png", "webp"]

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
                .filter { extensions.contains(URL(filePath: $0).pathExtension.lowercased()) }
                .sorted()
                .map { folder.hasSuffix("/") ? folder + $0 : folder + "/" + $0 }
        } catch {
            throw FileError(path: folder, reason: "the folder cannot be searched: \(error.localizedDescription)")
        }
    }

    /// The bytes of the file at `path`, which has at most `limit`; a larger one is not read.
    static func read(_ path: String, limit: Int) throws(FileError) -> [UInt8] {
        // Without O_NONBLOCK, a pipe that nobody writes to would be waited for here.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw FileError(call: "open", path: path) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw FileError(call: "fstat", path: path) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw FileError(path: path, reason: "it is no regular file") }
        let size = Int(status.st_size)
        guard size <= limit else {
            throw FileError(path: path, reason: "it has \(size) bytes, the limit is \(limit)")
        }
        var failed = false
        let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            while count < size {
                let length = Foundation.read(descriptor, buffer.baseAddress.map { $0 + count }, size - count)
                if length < 0, errno == EINTR { continue }
                failed = length < 0
                if length <= 0 { break }
                count += length
            }
        }
        guard !failed else { throw FileError(call: "read", path: path) }
        return bytes
    }
}

/// A file or folder that cannot be used, and why.
struct FileError: Error, CustomStringConvertible {
    let path: String
    let reason: String

    init(path: String, reason: String) { (self.path, self.reason) = (path, reason) }

    /// The failure of a system call that set `errno`.
    init(call: String, path: String) {
        self.init(path: path, reason: "\(call) failed: \(String(cString: strerror(errno)))")
    }

    var description: String { "\(path): \(reason)." }
}
