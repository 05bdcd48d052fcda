import Foundation

/// A file that one process at a time has, from opening to closing; the lock ends with the process, however that ends.
final class LockedFile {
    private let path: String
    private let handle: FileHandle

    /// The file at `path`, made where there is none.
    ///
    /// - Throws: ``FileError`` where it cannot be opened, or another process has it.
    init(path: String) throws(FileError) {
        self.path = path
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw FileError(call: "open", path: path) }
        handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        let isLocked = flock(descriptor, LOCK_EX | LOCK_NB) == 0
        guard isLocked || errno == EWOULDBLOCK else { throw FileError(call: "flock", path: path) }
        // Who had it may have deleted it between the two calls.
        guard isLocked, Self.inode(of: descriptor) == Self.inode(of: path) else {
            throw FileError(path: path, reason: "another run is writing it; wait for it, or choose another output")
        }
    }

    private static func inode(of descriptor: Int32) -> ino_t? {
        var status = stat()
        return fstat(descriptor, &status) == 0 ? status.st_ino : nil
    }

    private static func inode(of path: String) -> ino_t? {
        var status = stat()
        return stat(path, &status) == 0 ? status.st_ino : nil
    }

    /// The bytes in `range`, or those of them that there are.
    func read(_ range: Range<Int>) throws -> Data {
        try handle.seek(toOffset: UInt64(range.lowerBound))
        return try handle.read(upToCount: range.count) ?? Data()
    }

    /// Writes `data` at an offset.
    func write(_ data: Data, at offset: Int) throws {
        try handle.seek(toOffset: UInt64(offset))
        try handle.write(contentsOf: data)
    }

    /// Cuts off what is beyond `length`.
    func truncate(to length: Int) throws { try handle.truncate(atOffset: UInt64(length)) }

    /// Deletes the file, while it is still locked.
    func remove() throws(FileError) {
        guard unlink(path) == 0 else { throw FileError(call: "unlink", path: path) }
    }
}
