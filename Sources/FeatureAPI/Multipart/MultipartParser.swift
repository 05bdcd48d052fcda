/// A strict, incremental parser of `multipart/form-data` (RFC 7578, RFC 2046 section 5.1).
///
/// Bytes arrive in pieces of any size and the result does not depend on how they were cut. Only CRLF ends a line; the
/// body starts with its first boundary, and nothing but CRLF follows the last. Nested multiparts and transfer encodings
/// are refused. Of the bytes given at most one header block and one boundary are held back; the rest is the parts' own.
package struct MultipartParser {
    /// Bytes of a part's header block.
    package static let maximumHeaderBytes = 8 << 10
    /// Bytes of a field that is no file, where nothing else is said.
    package static let maximumFieldBytes = 1 << 10
    /// Fields that are no files.
    package static let maximumFields = 16

    private enum State { case start, afterBoundary, headers, data, end }

    let limits: RequestLimits
    private let maximumFieldBytes: Int
    private let tooLong: [String: FeatureAPIError]
    private let delimiter: [UInt8]
    private var state = State.start
    private var pending = [UInt8]()
    private var part: MultipartPart?
    private(set) var parts = [MultipartPart]()

    /// A parser of a body whose boundary is `boundary`; `tooLong` has what is said of a field of a name that exceeds
    /// `maximumFieldBytes`, where that is not that the form is malformed.
    package init(
        boundary: [UInt8], limits: RequestLimits, maximumFieldBytes: Int = maximumFieldBytes,
        tooLong: [String: FeatureAPIError] = [:]
    ) {
        self.limits = limits
        self.maximumFieldBytes = maximumFieldBytes
        self.tooLong = tooLong
        delimiter = [0x0D, 0x0A, 0x2D, 0x2D] + boundary
        // The first boundary needs no CRLF before it; with one supplied it looks like all others.
        pending = [0x0D, 0x0A]
    }

    /// Takes the next bytes of the body.
    package mutating func append(_ bytes: [UInt8]) throws(FeatureAPIError) {
        pending.append(contentsOf: bytes)
        var consumed = 0
        while let step = try step(from: consumed) { consumed += step }
        pending.removeFirst(consumed)
    }

    /// The parts of the body, which ended after the bytes given so far.
    package mutating func finish() throws(FeatureAPIError) -> [MultipartPart] {
        guard state == .end else { throw Self.fault("it ends before its last boundary") }
        return parts
    }

    static func fault(_ what: String) -> FeatureAPIError {
        FeatureAPIError(.malformedBody, "The form is malformed: \(what).")
    }

    /// Handles what stands at `start` and gives its length, or nothing where more bytes are needed.
    private mutating func step(from start: Int) throws(FeatureAPIError) -> Int? {
        let rest = pending[start...]
        switch state {
        case .start: return try opening(rest)
        case .afterBoundary: return try boundaryEnd(rest)
        case .headers: return try headers(rest)
        case .data: return try data(rest)
        case .end: return try epilogue(rest)
        }
    }

    private mutating func opening(_ rest: ArraySlice<UInt8>) throws(FeatureAPIError) -> Int? {
        let prefix = rest.prefix(delimiter.count)
        guard delimiter.starts(with: prefix) else { throw Self.fault("it does not start with its boundary") }
        guard prefix.count == delimiter.count else { return nil }
        state = .afterBoundary
        return delimiter.count
    }

    private mutating func boundaryEnd(_ rest: ArraySlice<UInt8>) throws(FeatureAPIError) -> Int? {
        guard rest.count >= 2 else { return nil }
        switch Array(rest.prefix(2)) {
        case [0x0D, 0x0A]: state = .headers
        case [0x2D, 0x2D]: state = .end
        default: throw Self.fault("a boundary is followed by neither CRLF nor \"--\"")
        }
        return 2
    }

    private mutating func headers(_ rest: ArraySlice<UInt8>) throws(FeatureAPIError) -> Int? {
        let end: [UInt8] = [0x0D, 0x0A, 0x0D, 0x0A]
        let head = rest.prefix(Self.maximumHeaderBytes + end.count)
        guard let index = Self.firstIndex(of: end, in: head) else {
            guard rest.count <= Self.maximumHeaderBytes else {
                throw Self.fault("the headers of part \(parts.count) exceed \(Self.maximumHeaderBytes) bytes")
            }
            return nil
        }
        let part = try MultipartPart(headers: rest[..<index])
        try check(part)
        self.part = part
        state = .data
        return index - rest.startIndex + end.count
    }

    private func check(_ part: MultipartPart) throws(FeatureAPIError) {
        let files = parts.count(where: \.isFile)
        if part.isFile {
            try limits.check(imageCount: files + 1)
        } else if parts.count - files >= Self.maximumFields {
            throw Self.fault("it has more than \(Self.maximumFields) fields")
        }
    }

    private mutating func data(_ rest: ArraySlice<UInt8>) throws(FeatureAPIError) -> Int? {
        let found = Self.firstIndex(of: delimiter, in: rest)
        let end = found ?? max(rest.startIndex, rest.endIndex - delimiter.count + 1)
        try take(rest[..<end])
        guard found != nil else { return end > rest.startIndex ? end - rest.startIndex : nil }
        if let part { parts.append(part) }
        part = nil
        state = .afterBoundary
        return end - rest.startIndex + delimiter.count
    }

    private mutating func take(_ bytes: ArraySlice<UInt8>) throws(FeatureAPIError) {
        guard let current = part else { return }
        let count = current.bytes.count + bytes.count
        if current.isFile {
            do throws(FeatureAPIError) { try limits.check(imageBytes: count) } catch {
                throw error.at(parts.count(where: \.isFile))
            }
        } else if count > maximumFieldBytes {
            throw tooLong[current.name]
                ?? Self.fault("the field \"\(current.name)\" exceeds \(maximumFieldBytes) bytes")
        }
        part?.bytes.append(contentsOf: bytes)
    }

    private func epilogue(_ rest: ArraySlice<UInt8>) throws(FeatureAPIError) -> Int? {
        guard [0x0D, 0x0A].starts(with: rest) else { throw Self.fault("something follows its last boundary") }
        return nil
    }

    /// Where `pattern`, which starts with CR, first occurs in `bytes`. Linear for bodies: CR seldom starts a boundary.
    private static func firstIndex(of pattern: [UInt8], in bytes: ArraySlice<UInt8>) -> Int? {
        var index = bytes.startIndex
        while index + pattern.count <= bytes.endIndex {
            if bytes[index] == 0x0D, bytes[index..<index + pattern.count].elementsEqual(pattern) { return index }
            index += 1
        }
        return nil
    }
}
