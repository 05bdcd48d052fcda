/// The decoder of one request body, by whatever framing its head announced.
package struct BodyDecoder: Sendable {
    private enum State {
        case sized(remaining: Int)
        case chunked(ChunkedDecoder)
    }

    private var state: State

    package init(_ framing: BodyFraming, limits: HTTPServer.Limits, maximumBytes: Int) {
        state =
            switch framing {
            case .none: .sized(remaining: 0)
            case .sized(let length): .sized(remaining: length)
            case .chunked: .chunked(ChunkedDecoder(limits: limits, maximumBytes: maximumBytes))
            }
    }

    /// Whether the whole body has been consumed.
    package var isComplete: Bool {
        switch state {
        case .sized(let remaining): remaining == 0
        case .chunked(let decoder): decoder.isComplete
        }
    }

    /// The bytes still to come, when that is known.
    var remaining: Int? {
        if case .sized(let remaining) = state { remaining } else { nil }
    }

    /// The next payload bytes, or nil when more input is needed or the body is complete.
    package mutating func next(from buffer: inout ByteBuffer) throws(Rejection) -> [UInt8]? {
        switch state {
        case .sized(let remaining):
            guard remaining > 0, !buffer.isEmpty else { return nil }
            let bytes = buffer.take(remaining)
            state = .sized(remaining: remaining - bytes.count)
            return bytes
        case .chunked(var decoder):
            let bytes = try decoder.next(from: &buffer)
            state = .chunked(decoder)
            return bytes
        }
    }
}
