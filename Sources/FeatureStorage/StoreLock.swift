import Foundation

/// The lock on `PATH.lock` that keeps a second process from the collection, held until the value is gone.
///
/// It is `flock`'s, which ends with the process however that ends: a lock file that is left behind locks nothing. It is
/// never removed: a process that opened it before would then hold a lock on a file that nobody else sees.
struct StoreLock: ~Copyable {
    private let descriptor: Int32

    /// Takes the lock of the collection in `file`: alone, or together with others that only read.
    init(of file: String, shared: Bool) throws(StorageError) {
        let path = file + ".lock"
        let opened = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard opened >= 0 else { throw Self.failure(of: file, "its lock \(path) cannot be made", errno) }
        guard flock(opened, (shared ? LOCK_SH : LOCK_EX) | LOCK_NB) == 0 else {
            let (code, holder) = (errno, Self.holder(opened))
            close(opened)
            if code == EWOULDBLOCK { throw .inUse(file: file, holder: holder) }
            throw Self.failure(of: file, "its lock \(path) cannot be taken", code)
        }
        // Who holds it is written for people: a full disk, where that fails, keeps nobody out.
        if ftruncate(opened, 0) == 0 {
            _ = Array("\(getpid())\n".utf8).withUnsafeBytes { pwrite(opened, $0.baseAddress, $0.count, 0) }
        }
        descriptor = opened
    }

    deinit { close(descriptor) }

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
