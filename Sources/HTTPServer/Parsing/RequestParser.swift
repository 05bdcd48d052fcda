internal import HTTPTypes

/// A strict parser of request heads, fed with bytes in any portions.
///
/// One pass; what it accepts or refuses depends on the bytes alone, never on how they were cut into packets. After an
/// error the connection is to be closed: there is no way to know where the next request would begin.
package struct RequestParser: Sendable {
    private let limits: HTTPServer.Limits
    private var reader = LineReader()
    private var requestLine: RequestLine?
    private var fields = FieldSection()
    private var emptyLines = 0
    private var consumed = 0

    package init(limits: HTTPServer.Limits) {
        self.limits = limits
    }

    /// Whether not one byte of a request has arrived, leading empty lines aside.
    package var isIdle: Bool { requestLine == nil && reader.isEmpty }

    /// Consumes up to the end of a head; returns it when it is whole, and is then ready for the next one.
    package mutating func parse(_ buffer: inout ByteBuffer) throws(Rejection) -> RequestHead? {
        while let line = try nextLine(&buffer) {
            if requestLine == nil {
                try readRequestLine(line)
            } else if line.isEmpty {
                let head = try finish()
                self = RequestParser(limits: limits)
                return head
            } else {
                try fields.add(line: line, limits: limits)
            }
        }
        return nil
    }

    private mutating func nextLine(_ buffer: inout ByteBuffer) throws(Rejection) -> [UInt8]? {
        let inFields = requestLine != nil
        let room = limits.head - consumed
        let lineLimit = inFields ? limits.fieldName + limits.fieldValue + 4 : limits.requestLine
        do throws(LineReader.Fault) {
            let line = try reader.read(from: &buffer, limit: min(lineLimit, room))
            guard let line else { return nil }
            consumed += line.count + 2
            if consumed > limits.head { throw .tooLong }
            return line
        } catch {
            switch error {
            case .malformed: throw Rejection.malformed(LineReader.malformed)
            case .tooLong: throw tooLong()
            }
        }
    }

    private func tooLong() -> Rejection {
        if requestLine != nil {
            return .fieldsTooLarge("at most \(limits.head) bytes of head, \(limits.fieldValue) per value")
        }
        let hasMethod = reader.line.prefix(limits.method + 1).contains(.space)
        return hasMethod ? .targetTooLong : .malformed("the method is too long")
    }

    private mutating func readRequestLine(_ line: [UInt8]) throws(Rejection) {
        guard line.isEmpty else {
            requestLine = try RequestLine(line, limits: limits)
            return
        }
        emptyLines += 1
        consumed = 0
        guard emptyLines <= limits.leadingEmptyLines else { throw .malformed("too many empty lines before a request") }
    }

    private mutating func finish() throws(Rejection) -> RequestHead {
        guard let requestLine else { throw .malformed("no request line") }
        try fields.checkHost(of: requestLine)
        let framing = try fields.framing(minorVersion: requestLine.minorVersion)
        let target = try requestLine.target.decoded()
        fields.completeHost(of: requestLine)
        return RequestHead(
            method: requestLine.method, path: target.path, segments: target.segments, query: target.query,
            minorVersion: requestLine.minorVersion, headerFields: fields.headerFields, framing: framing,
            keepsAlive: fields.keepsAlive(minorVersion: requestLine.minorVersion),
            expectsContinue: try fields.expectsContinue(minorVersion: requestLine.minorVersion))
    }
}
