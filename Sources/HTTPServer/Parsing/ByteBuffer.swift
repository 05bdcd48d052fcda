/// Received bytes that have not been consumed yet: appended at the end, taken from the front.
package struct ByteBuffer: Sendable {
    private var bytes: [UInt8] = []
    private var start = 0

    package init(_ bytes: [UInt8] = []) {
        self.bytes = bytes
    }

    package var count: Int { bytes.count - start }
    package var isEmpty: Bool { start == bytes.count }

    /// Adds bytes at the end; an empty buffer takes the array over without copying it.
    package mutating func append(_ more: [UInt8]) {
        if isEmpty {
            bytes = more
        } else {
            if start > 0 { bytes.removeFirst(start) }
            bytes += more
        }
        start = 0
    }

    /// Takes the next byte.
    mutating func next() -> UInt8? {
        guard start < bytes.count else { return nil }
        defer { start += 1 }
        return bytes[start]
    }

    /// Takes up to `maximum` bytes; the whole buffer goes out without a copy.
    mutating func take(_ maximum: Int) -> [UInt8] {
        if start == 0, bytes.count <= maximum {
            defer { bytes = [] }
            return bytes
        }
        let taken = Array(bytes[start..<start + Swift.min(maximum, count)])
        start += taken.count
        return taken
    }

    /// Forgets everything.
    mutating func removeAll() {
        bytes = []
        start = 0
    }
}
