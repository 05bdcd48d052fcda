import Foundation

/// A file that grows by whole records, and that one process at a time has, however that process ends.
final class AppendedFile: Sendable {
    let url: URL
    private let descriptor: Int32

    /// The file at `url`, made where there is none.
    ///
    /// - Throws: `TrainingError.output` where it cannot be opened, or another process has it.
    init(_ url: URL) throws(TrainingError) {
        self.url = url
        descriptor = open(url.path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw Self.failure("open", url) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            guard errno == EWOULDBLOCK else { throw Self.failure("flock", url) }
            throw .output(
                file: url.path, reason: "another run writes here: wait for it, or choose another --output_dir")
        }
    }

    deinit { close(descriptor) }

    /// All bytes.
    func contents() throws(TrainingError) -> Data {
        do {
            return try Data(contentsOf: url)
        } catch {
            throw .output(file: url.path, reason: "cannot be read: \(error.localizedDescription)")
        }
    }

    /// Cuts off what is beyond `length`.
    func truncate(to length: Int) throws(TrainingError) {
        guard ftruncate(descriptor, length) == 0 else { throw Self.failure("ftruncate", url) }
    }

    /// Adds one record.
    func append(_ record: Data) throws(TrainingError) {
        var rest = record[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw Self.failure("write", url) }
            rest = rest.dropFirst(count)
        }
    }

    /// Brings all records to the disk.
    func flush() throws(TrainingError) {
        guard fsync(descriptor) == 0 else { throw Self.failure("fsync", url) }
    }

    private static func failure(_ call: String, _ url: URL) -> TrainingError {
        .output(
            file: url.path,
            reason:
                "\(call) failed: \(String(cString: strerror(errno))). Make room or the folder writable, then go on with "
                + "--resume, or choose another --output_dir")
    }
}
