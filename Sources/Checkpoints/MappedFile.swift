import Foundation

/// A regular file mapped read-only into memory, unmapped when the last user lets go.
///
/// Opening costs no reading: pages arrive when touched. No access goes past the length the file had when it was
/// mapped; replace a checkpoint by renaming a new file over it, never by truncating it in place.
///
/// `@unchecked Sendable` because `base` is set once, the mapping is private and read-only, and it lives as long as `self`.
package final class MappedFile: @unchecked Sendable {
    private let base: UnsafeRawPointer?

    /// The path, as errors name it.
    package let path: String
    /// The length in bytes.
    package let count: Int

    /// The mapping of the file at a path.
    package init(path: String) throws(CheckpointError) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw .failed("open", path) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .failed("fstat", path) }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw .system(call: "open", path: path, reason: "not a regular file")
        }
        self.path = path
        count = Int(status.st_size)
        guard count > 0 else {
            base = nil
            return
        }
        guard let address = mmap(nil, count, PROT_READ, MAP_PRIVATE, descriptor, 0), address != MAP_FAILED else {
            throw .failed("mmap", path)
        }
        base = UnsafeRawPointer(address)
    }

    deinit {
        if let base { munmap(UnsafeMutableRawPointer(mutating: base), count) }
    }

    /// The mapped bytes of a range, for the closure only.
    ///
    /// - Precondition: `range` lies within `0..<count`.
    package func withBytes<Result, Failure: Error>(
        _ range: Range<Int>,
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        precondition(range.lowerBound >= 0 && range.upperBound <= count, "\(range) is outside \(path)")
        return try withExtendedLifetime(self) { () throws(Failure) -> Result in
            try body(UnsafeRawBufferPointer(start: base.map { $0 + range.lowerBound }, count: range.count))
        }
    }

    /// A copy of the bytes of a range, nil where the range leaves the file.
    package func copy(_ range: Range<Int>) -> [UInt8]? {
        guard range.lowerBound >= 0, range.upperBound <= count else { return nil }
        return withBytes(range) { [UInt8]($0) }
    }

    /// Lets the kernel drop the resident pages that a range touches; a later read fetches them again.
    package func releasePages(_ range: Range<Int>) {
        guard let base, range.lowerBound >= 0, range.upperBound <= count, !range.isEmpty else { return }
        let page = Int(sysconf(Int32(_SC_PAGESIZE)))
        let start = range.lowerBound / page * page
        // A hint: where it fails the pages merely stay.
        _ = madvise(UnsafeMutableRawPointer(mutating: base + start), range.upperBound - start, MADV_DONTNEED)
    }
}

extension CheckpointError {
    /// The failure of the system call that has just set `errno`.
    static func failed(_ call: String, _ path: String) -> CheckpointError {
        .system(call: call, path: path, reason: String(cString: strerror(errno)))
    }
}
