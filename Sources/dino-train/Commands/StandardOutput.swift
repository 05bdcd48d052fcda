import Foundation

/// What a command answers. Unlike `print`, it says so where nobody can have read the answer.
enum StandardOutput {
    /// A disk that is full, or whatever else took no answer.
    struct Failure: Error, CustomStringConvertible {
        let reason: String
        var description: String {
            "the answer could not be written to standard output: \(reason); make room, or send it elsewhere"
        }
    }

    /// Writes a line.
    static func line(_ text: String) throws { try write(text + "\n") }

    /// Writes all of a text.
    static func write(_ text: String) throws {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Foundation.write(STDOUT_FILENO, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw Failure(reason: String(cString: strerror(errno))) }
            rest = rest.dropFirst(count)
        }
    }
}
