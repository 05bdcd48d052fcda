import Foundation

/// The lock on `PATH.lock` that keeps a second process from the collection, held until the value is gone. Links are
/// followed first: whatever names a file goes by, it has one lock.
///
/// It is `flock`'s, which ends with the process however that ends: a lock file that is left behind locks nothing. It is
/// never removed: a process that opened it before would then hold a lock on a file that nobody else sees.
struct StoreLock: ~Copyable {
    /// -1 where nobody can hold the lock.
    private let descriptor: Int32

    /// Takes the lock of the collection in `file`: alone, or together with others that only read.
    init(of file: String, shared: Bool) throws(StorageError) {
        let path = Self.target(of: file) + ".lock"
        guard let opened = try Self.open(path, of: file, shared: shared) else {
            descriptor = -1
            return
        }
        guard flock(opened, (shared ? LOCK_SH : LOCK_EX) | LOCK_NB) == 0 else {
            let (code, holder) = (errno, Self.holder(opened))
            close(opened)
            if code == EWOULDBLOCK { throw .inUse(file: file, holder: holder) }
            throw Self.failure(of: file, "its lock \(path) cannot be taken", code)
        }
        // Who holds it is written for people: where that fails, as on a full disk, the lock holds all the same.
        if ftruncate(opened, 0) == 0 {
            _ = Array("\(getpid())\n".utf8).withUnsafeBytes { pwrite(opened, $0.baseAddress, $0.count, 0) }
        }
        descriptor = opened
    }

    deinit {
        guard descriptor >= 0 else { return }
        // Closing alone would leave the lock to a child process that has the descriptor until its exec.
        flock(descriptor, LOCK_UN)
        close(descriptor)
    }

    /// The file's own path, without links; that of one that is not there yet too. SQLite goes the same way.
    private static func target(of file: String, links: Int = 40) -> String {
        if let real = real(file) { return real }
        let folder = NSString(string: file).deletingLastPathComponent
        if links > 0, let next = try? FileManager.default.destinationOfSymbolicLink(atPath: file) {
            return target(
                of: next.hasPrefix("/") ? next : NSString(string: folder).appendingPathComponent(next), links: links - 1
            )
        }
        guard let parent = real(folder.isEmpty ? "." : folder) else { return file }
        return NSString(string: parent).appendingPathComponent(NSString(string: file).lastPathComponent)
    }

    private static func real(_ path: String) -> String? {
        guard let real = realpath(path, nil) else { return nil }
        defer { free(real) }
        return String(cString: real)
    }

    /// The lock file. In a folder that cannot be written a reader does with the file that is there, or with none.
    private static func open(_ path: String, of file: String, shared: Bool) throws(StorageError) -> Int32? {
        let descriptor = Foundation.open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        if descriptor >= 0 { return descriptor }
        let code = errno
        guard code == EACCES || code == EROFS else { throw failure(of: file, "its lock \(path) cannot be made", code) }
        guard shared else { throw .readOnly(file: file, doing: "locking the collection with \(path)") }
        let readable = Foundation.open(path, O_RDONLY | O_CLOEXEC)
        guard readable >= 0 || errno == ENOENT else {
            throw failure(of: file, "its lock \(path) cannot be read", errno)
        }
        return readable >= 0 ? readable : nil
    }

    private static func failure(of file: String, _ what: String, _ code: Int32) -> StorageError {
        .cannotOpen(file: file, reason: "\(what): \(String(cString: strerror(code)))")
    }

    private static func holder(_ descriptor: Int32) -> Int32? {
        var bytes = [UInt8](repeating: 0, count: 16)
        let count = bytes.withUnsafeMutableBytes { pread(descriptor, $0.baseAddress, $0.count, 0) }
        guard count > 0 else { return nil }
        return Int32(String(decoding: bytes[..<count].prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self))
    }
}
