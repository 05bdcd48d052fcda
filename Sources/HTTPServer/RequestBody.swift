/// The content of a request, in pieces as they arrive.
///
/// Nothing is read ahead of the handler but a small buffer, so a client sends no faster than the handler takes. The first
/// read tells a client that waits for it to go on (`100 Continue`). Can be iterated once.
///
///     let photograph = try await request.body.collect()
public struct RequestBody: Sendable, AsyncSequence {
    private enum Source: Sendable {
        case connection(Connection, exchange: Int)
        case bytes([UInt8])
    }

    private let source: Source
    /// The length the client announced in bytes; nil for a chunked body.
    public let declaredLength: Int?

    /// A body that is already there, for tests of handlers.
    public init(_ bytes: [UInt8]) {
        source = .bytes(bytes)
        declaredLength = bytes.count
    }

    init(connection: Connection, exchange: Int, declaredLength: Int?) {
        source = .connection(connection, exchange: exchange)
        self.declaredLength = declaredLength
    }

    /// The whole content, never longer than the route's limit.
    ///
    /// Memory is reserved from the announced length, but at most 4 MiB before that much has arrived.
    ///
    /// - Parameter admit: Called with the length of each piece before it is kept; what it throws ends the reading.
    /// - Throws: `Rejection` when the body is malformed, too large or too slow; `CancellationError` when the client left.
    public func collect(admitting admit: (Int) throws -> Void = { _ in }) async throws -> [UInt8] {
        var whole: [UInt8] = []
        for try await piece in self {
            try admit(piece.count)
            if whole.isEmpty, piece.count == declaredLength { return piece }
            if whole.isEmpty { whole.reserveCapacity(Swift.min(declaredLength ?? 0, 4 << 20)) }
            whole += piece
        }
        return whole
    }

    /// An iterator over the pieces still to come.
    public func makeAsyncIterator() -> AsyncIterator {
        switch source {
        case .connection(let connection, let exchange): AsyncIterator(source: (connection, exchange), rest: [])
        case .bytes(let bytes): AsyncIterator(source: nil, rest: bytes)
        }
    }

    /// An iterator over the pieces of a body.
    public struct AsyncIterator: AsyncIteratorProtocol {
        fileprivate let source: (connection: Connection, exchange: Int)?
        fileprivate var rest: [UInt8]

        /// The next piece, nil after the last one.
        ///
        /// - Throws: `Rejection` when the body is malformed, too large or too slow; `CancellationError` when the client left.
        public mutating func next() async throws -> [UInt8]? {
            guard let source else {
                defer { rest = [] }
                return rest.isEmpty ? nil : rest
            }
            return try await source.connection.nextBodyPiece(exchange: source.exchange)
        }
    }
}
