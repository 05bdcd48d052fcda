/// A reader of one CRLF-terminated line at a time, however its bytes arrive.
///
/// A bare LF, a CR without LF and any control but HTAB end the message at once, and so does the first byte over the limit:
/// a line without an end cannot grow.
struct LineReader: Sendable {
    /// The bytes of the line so far, without CRLF.
    private(set) var line: [UInt8] = []
    private var sawCarriageReturn = false

    /// Why a line cannot be one.
    enum Fault: Error {
        case malformed
        case tooLong
    }

    /// What is wrong with a malformed line.
    static let malformed = "a line may end in CRLF only and hold no control characters"

    /// Whether nothing of a line has arrived.
    var isEmpty: Bool { line.isEmpty && !sawCarriageReturn }

    /// Consumes up to the end of the line; returns it when it is whole.
    mutating func read(from buffer: inout ByteBuffer, limit: Int) throws(Fault) -> [UInt8]? {
        while let byte = buffer.next() {
            if sawCarriageReturn {
                guard byte == .lineFeed else { throw .malformed }
                defer { self = LineReader() }
                return line
            }
            if byte == .carriageReturn {
                sawCarriageReturn = true
                continue
            }
            guard !byte.isForbiddenControl else { throw .malformed }
            guard line.count < limit else { throw .tooLong }
            line.append(byte)
        }
        return nil
    }
}
