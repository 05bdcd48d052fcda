/// Bytes that wait to be sent, in order, without being joined.
struct OutputQueue {
    private struct Segment {
        var bytes: [UInt8] = []
        var retained: (any Sendable)?
    }

    private var segments: [Segment] = []
    private var index = 0
    private var offset = 0
    /// The bytes not yet sent.
    private(set) var count = 0

    var isEmpty: Bool { count == 0 }

    mutating func append(_ bytes: [UInt8]) {
        guard !bytes.isEmpty else { return }
        segments.append(Segment(bytes: bytes))
        count += bytes.count
    }

    /// Keeps a value until everything queued so far has been sent; one value at a time for the last segment.
    mutating func retain(_ value: any Sendable) {
        guard index < segments.count else { return }
        segments[segments.count - 1].retained = value
    }

    /// The segment to send from, where to begin in it and whether others follow.
    var next: (bytes: [UInt8], offset: Int, more: Bool)? {
        index < segments.count ? (segments[index].bytes, offset, index + 1 < segments.count) : nil
    }

    /// Forgets bytes that were sent from the first segment.
    mutating func advance(_ sent: Int) {
        offset += sent
        count -= sent
        guard index < segments.count, offset >= segments[index].bytes.count else { return }
        segments[index] = Segment()
        index += 1
        offset = 0
        if index == segments.count { removeAll() }
    }

    mutating func removeAll() {
        self = OutputQueue()
    }
}
