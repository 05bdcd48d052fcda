import Foundation

/// The careful reading of a whole file.
package enum RegularFile {
    /// The bytes of the file at `path`, which has at most `limit`; a larger one is not read. Blocking.
    ///
    /// - Throws: ``FileError`` for anything but a regular file of that length.
    package static func read(_ path: String, limit: Int) throws(FileError) -> [UInt8] {
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
