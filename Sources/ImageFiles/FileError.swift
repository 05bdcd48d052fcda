import Foundation

/// A file, folder or archive that cannot be used, and why.
public struct FileError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What cannot be used, as it was named.
    public let path: String
    /// What is wrong with it, a sentence without its full stop.
    public let reason: String

    /// A fault of what lies at `path`.
    public init(path: String, reason: String) { (self.path, self.reason) = (path, reason) }

    /// The failure of a system call that has just set `errno`.
    package init(call: String, path: String) {
        self.init(path: path, reason: "\(call) failed: \(String(cString: strerror(errno)))")
    }

    /// One sentence for a person.
    public var description: String { "\(path): \(reason)." }
}
