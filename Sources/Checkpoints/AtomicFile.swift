import Foundation

/// A file that appears under its name complete and flushed, or not at all.
///
/// Until then its bytes are in a file beside it, of the name and six letters, which it holds a lock on: so what a killed
/// process left can be told from what another one is writing.
package struct AtomicFile: ~Copyable {
    private let path: String
    private let temporaryPath: String
    private let descriptor: Int32

    /// A new empty file beside `path`.
    package init(path: String) throws(CheckpointError) {
        self.path = path
        (descriptor, temporaryPath) = try Self.temporary(path)
    }

    deinit {
        close(descriptor)
        // Gone already after a commit; otherwise an unfinished file that nobody else knows.
        unlink(temporaryPath)
    }

    private static func temporary(_ path: String) throws(CheckpointError) -> (descriptor: Int32, path: String) {
        while true {
            var template = Array("\(path).XXXXXX".utf8CString)
            let descriptor = mkstemp(&template)
            guard descriptor >= 0 else { throw .failed("mkstemp", path) }
            _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
            // Some network file systems have no locks: there nothing is ever taken for abandoned.
            _ = flock(descriptor, LOCK_EX)
            var status = stat()
            // Between its making and its locking another process may have taken it for abandoned.
            if fstat(descriptor, &status) == 0, status.st_nlink == 0 {
                close(descriptor)
                continue
            }
            let name = template.withUnsafeBufferPointer { buffer in
                String(decoding: buffer.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
            }
            return (descriptor, name)
        }
    }

    /// Deletes what killed processes left of a file at `path`: the temporary files beside it that nobody holds.
    package static func removeAbandoned(path: String) {
        let file = URL(fileURLWithPath: path), folder = file.deletingLastPathComponent()
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        let start = file.lastPathComponent + "."
        for name in names
        where name.hasPrefix(start) && name.dropFirst(start.count).wholeMatch(of: /[A-Za-z0-9]{6}/) != nil {
            let temporary = folder.appendingPathComponent(name).path
            let descriptor = open(temporary, O_RDWR | O_CLOEXEC | O_NOFOLLOW)
            guard descriptor >= 0 else { continue }
            defer { close(descriptor) }
            if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { unlink(temporary) }
        }
    }

    /// Appends bytes.
    package mutating func write(_ bytes: [UInt8]) throws(CheckpointError) {
        var written = 0
        while written < bytes.count {
            let count = bytes[written...].withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw .failed("write", temporaryPath) }
            written += count
        }
    }

    /// Flushes the file, gives it its name, and flushes the folder.
    ///
    /// - Throws: `CheckpointError.unflushedFolder` where all but the last was done: the new file is there.
    package consuming func commit() throws(CheckpointError) {
        guard fchmod(descriptor, 0o644) == 0, fsync(descriptor) == 0 else { throw .failed("fsync", temporaryPath) }
        guard rename(temporaryPath, path) == 0 else { throw .failed("rename", path) }
        do throws(CheckpointError) {
            try DurableFolder.flush(URL(fileURLWithPath: path).deletingLastPathComponent().path)
        } catch {
            throw .unflushedFolder(file: path, reason: "\(error)")
        }
    }

    /// Writes a whole file.
    package static func write(_ bytes: [UInt8], to path: String) throws(CheckpointError) {
        var file = try AtomicFile(path: path)
        try file.write(bytes)
        try file.commit()
    }
}
