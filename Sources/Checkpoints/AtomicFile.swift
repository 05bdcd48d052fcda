import Foundation

/// A file that appears under its name complete and flushed, or not at all.
package struct AtomicFile: ~Copyable {
    private let path: String
    private let temporaryPath: String
    private let descriptor: Int32

    /// A new empty file beside `path`.
    package init(path: String) throws(CheckpointError) {
        self.path = path
        var template = Array("\(path).XXXXXX".utf8CString)
        descriptor = mkstemp(&template)
        guard descriptor >= 0 else { throw .failed("mkstemp", path) }
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        temporaryPath = template.withUnsafeBufferPointer { buffer in
            String(decoding: buffer.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        }
    }

    deinit {
        close(descriptor)
        // Gone already after a commit; otherwise an unfinished file that nobody else knows.
        unlink(temporaryPath)
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
    package consuming func commit() throws(CheckpointError) {
        guard fchmod(descriptor, 0o644) == 0, fsync(descriptor) == 0 else { throw .failed("fsync", temporaryPath) }
        guard rename(temporaryPath, path) == 0 else { throw .failed("rename", path) }
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
        let directory = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard directory >= 0 else { throw .failed("open", folder) }
        defer { close(directory) }
        guard fsync(directory) == 0 else { throw .failed("fsync", folder) }
    }
}
