import HTTPServer

/// What a connection would make of some bytes, without sockets: parser and body decoder in turn.
struct Replay {
    /// One thing that happened, in order.
    enum Event: Equatable, CustomStringConvertible {
        case request(String, body: [UInt8])
        case rejected(Int)
        /// The bytes ended inside a head or a body.
        case incomplete

        var description: String {
            switch self {
            case .request(let line, let body): "\(line) [\(String(decoding: body.prefix(40), as: UTF8.self))]"
            case .rejected(let status): "\(status)"
            case .incomplete: "incomplete"
            }
        }
    }

    private var parser: RequestParser
    private let limits: HTTPServer.Limits
    private let maximumBytes: Int
    private var decoder: BodyDecoder?
    private var buffer = ByteBuffer()
    private var line = ""
    private var body: [UInt8] = []
    private(set) var heads: [RequestHead] = []
    private var events: [Event] = []
    private var isOver = false

    init(limits: HTTPServer.Limits = .init(), maximumBytes: Int = 1_000_000) {
        parser = RequestParser(limits: limits)
        self.limits = limits
        self.maximumBytes = maximumBytes
    }

    /// The events of some bytes that arrive in the given portions.
    static func events(of portions: [ArraySlice<UInt8>], maximumBytes: Int = 1_000_000) -> [Event] {
        var replay = Replay(maximumBytes: maximumBytes)
        for portion in portions { replay.receive(Array(portion)) }
        return replay.finish()
    }

    mutating func receive(_ bytes: [UInt8]) {
        guard !isOver else { return }
        buffer.append(bytes)
        do throws(Rejection) {
            while try step() {}
        } catch {
            events.append(.rejected(error.status.code))
            isOver = true
        }
    }

    private mutating func finish() -> [Event] {
        if !isOver, decoder != nil || !parser.isIdle || !buffer.isEmpty { events.append(.incomplete) }
        return events
    }

    private mutating func step() throws(Rejection) -> Bool {
        guard decoder != nil else {
            guard let head = try parser.parse(&buffer) else { return false }
            heads.append(head)
            if case .sized(let length) = head.framing, length > maximumBytes {
                throw .bodyTooLarge(limit: maximumBytes)
            }
            line = "\(head.method.rawValue) \(head.path)"
            decoder = BodyDecoder(head.framing, limits: limits, maximumBytes: maximumBytes)
            return true
        }
        let piece = try decoder?.next(from: &buffer)
        body += piece ?? []
        guard decoder?.isComplete == true else { return piece != nil }
        events.append(.request(line, body: body))
        (decoder, body) = (nil, [])
        return true
    }
}
