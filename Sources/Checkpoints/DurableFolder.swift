import Foundation

/// Folders that outlive a power loss.
package enum DurableFolder {
    /// Makes a folder and those above it where there are none, and flushes what each new one lies in.
    package static func make(_ path: String) throws(CheckpointError) {
        if isFolder(path) { return }
        let parent = URL(fileURLWithPath: path).deletingLastPathComponent().path
        if parent != path { try make(parent) }
        if mkdir(path, 0o777) != 0 {
            let failure = CheckpointError.failed("mkdir", path)
            // Another process may have made it meanwhile.
            guard isFolder(path) else { throw failure }
        }
        try flush(parent)
    }

    private static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// Brings a folder's names to the disk.
    package static func flush(_ path: String) throws(CheckpointError) {
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .failed("open", path) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw .failed("fsync", path) }
    }
}
