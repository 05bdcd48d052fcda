import Foundation
import ImageFiles

/// A file that one process at a time has, from opening to closing; the lock ends with the process, however that ends.
final class LockedFile {
    private let path: String
    private let descriptor: Int32

    /// The file at `path`, made where there is none.
    ///
    /// - Throws: ``FileError`` where it cannot be opened, or another process has it.
    init(path: String) throws(FileError) {
        self.path = path
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw FileError(call: "open", path: path) }
        self.descriptor = descriptor
        let isLocked = flock(descriptor, LOCK_EX | LOCK_NB) == 0
        guard isLocked || errno == EWOULDBLOCK else { throw FileError(call: "flock", path: path) }
        // Who had it may have deleted it between the two calls.
        guard isLocked, Self.inode(of: descriptor) == Self.inode(of: path) else {
            throw FileError(path: path, reason: "another run is writing it; wait for it, or choose another output")
        }
    }

    deinit { close(descriptor) }

    private static func inode(of descriptor: Int32) -> ino_t? {
        var status = stat()
        return fstat(descriptor, &status) == 0 ? status.st_ino : nil
    }

    private static func inode(of path: String) -> ino_t? {
        var status = stat()
        return stat(path, &status) == 0 ? status.st_ino : nil
    }

    /// The bytes in `range`, or those of them that there are.
    func read(_ range: Range<Int>) throws(FileError) -> Data {
        var data = Data(count: range.count), done = 0
        while done < range.count {
            let count = data.withUnsafeMutableBytes { bytes in
                pread(descriptor, bytes.baseAddress.map { $0 + done }, bytes.count - done, range.lowerBound + done)
            }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw FileError(call: "read", path: path) }
            if count == 0 { break }
            done += count
        }
        return data.prefix(done)
    }

    /// Writes `data` at an offset.
    func write(_ data: Data, at offset: Int) throws(FileError) {
        var done = 0
        while done < data.count {
            let count = data.withUnsafeBytes { bytes in
                pwrite(descriptor, bytes.baseAddress.map { $0 + done }, bytes.count - done, offset + done)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw FileError(call: "write", path: path) }
            done += count
        }
    }

    /// Cuts off what is beyond `length`.
    func truncate(to length: Int) throws(FileError) {
        guard ftruncate(descriptor, length) == 0 else { throw FileError(call: "truncate", path: path) }
    }

    /// Deletes the file, while it is still locked.
    func remove() throws(FileError) {
        guard unlink(path) == 0 else { throw FileError(call: "unlink", path: path) }
    }
}
