/// A decoder of the chunked transfer coding (RFC 9112 §7.1), fed with bytes in any portions.
///
/// Extensions are checked and ignored, trailers checked and dropped; both are bounded, and so is the framing a client
/// may spend on little payload.
package struct ChunkedDecoder: Sendable {
    private enum State {
        case size
        case data(Int)
        case dataEnd
        case trailers
        case complete
    }

    private let limits: HTTPServer.Limits
    private let maximumBytes: Int
    private var state = State.size
    private var reader = LineReader()
    private var payload = 0
    private var overhead = 0
    private var extensions = 0
    private var trailerBytes = 0
    private var trailerCount = 0

    package init(limits: HTTPServer.Limits, maximumBytes: Int) {
        self.limits = limits
        self.maximumBytes = maximumBytes
    }

    /// Whether the last chunk and the trailers have been consumed.
    package var isComplete: Bool {
        if case .complete = state { true } else { false }
    }

    /// Consumes framing and returns the next payload bytes, or nil when more input is needed or the body is complete.
    package mutating func next(from buffer: inout ByteBuffer) throws(Rejection) -> [UInt8]? {
        while true {
            switch state {
            case .size:
                guard let line = try readLine(&buffer, limit: 17 + limits.chunkExtension) else { return nil }
                try begin(chunk: line)
            case .data(let remaining):
                guard !buffer.isEmpty else { return nil }
                let bytes = buffer.take(remaining)
                state = bytes.count == remaining ? .dataEnd : .data(remaining - bytes.count)
                return bytes
            case .dataEnd:
                guard let line = try readLine(&buffer, limit: 0) else { return nil }
                guard line.isEmpty else { throw .malformed("chunk data is longer than its size") }
                state = .size
            case .trailers:
                guard let line = try readTrailer(&buffer) else { return nil }
                if line.isEmpty { state = .complete } else { try check(trailer: line) }
            case .complete:
                return nil
            }
        }
    }

    private mutating func readLine(_ buffer: inout ByteBuffer, limit: Int) throws(Rejection) -> [UInt8]? {
        let line: [UInt8]?
        do { line = try reader.read(from: &buffer, limit: limit) } catch { throw .malformed("chunk framing is broken") }
        guard let line else { return nil }
        overhead += line.count + 2
        let (tolerated, overflowed) = payload.multipliedReportingOverflow(by: 4)
        guard overflowed || overhead - limits.chunkOverhead <= tolerated else {
            throw .malformed("far more chunk framing than payload")
        }
        return line
    }

    private mutating func begin(chunk line: [UInt8]) throws(Rejection) {
        let digits = line.prefix { $0.hexadecimal != nil }
        guard (1...16).contains(digits.count) else { throw .malformed("a chunk size is 1 to 16 hexadecimal digits") }
        let rest = line[digits.endIndex...]
        extensions += rest.count
        guard rest.isEmpty || ChunkExtension.isValid(rest) else { throw .malformed("a chunk extension is broken") }
        guard extensions <= limits.chunkExtensions else { throw .malformed("too many chunk extensions") }
        let size = digits.reduce(UInt64(0)) { $0 << 4 | UInt64($1.hexadecimal ?? 0) }
        guard size > 0 else {
            state = .trailers
            return
        }
        guard let size = Int(exactly: size), size <= maximumBytes - payload else {
            throw .bodyTooLarge(limit: maximumBytes)
        }
        payload += size
        state = .data(size)
    }

    private mutating func readTrailer(_ buffer: inout ByteBuffer) throws(Rejection) -> [UInt8]? {
        let line: [UInt8]?
        do throws(LineReader.Fault) {
            line = try reader.read(from: &buffer, limit: limits.trailers - trailerBytes)
        } catch {
            switch error {
            case .tooLong: throw Rejection.fieldsTooLarge("at most \(limits.trailers) bytes of trailers")
            case .malformed: throw Rejection.malformed(LineReader.malformed)
            }
        }
        trailerBytes = min(trailerBytes + (line?.count ?? 0), limits.trailers)
        return line
    }

    private mutating func check(trailer line: [UInt8]) throws(Rejection) {
        trailerCount += 1
        guard trailerCount <= limits.trailerCount else {
            throw .fieldsTooLarge("at most \(limits.trailerCount) trailers")
        }
        let name = try FieldSection.split(line, limits: limits).name
        for framing in ["content-length", "transfer-encoding", "host"] where name.equalsIgnoringCase(framing.utf8) {
            throw .malformed("\(framing) cannot be a trailer")
        }
    }
}
