/// Where the exact vectors are.
public protocol VectorSource: Sendable {
    /// The vectors of ids, in float32; ids that are gone are left out. Blocks.
    func vectors(of ids: [Int64]) throws -> [Int64: [Float]]
}

/// What a search found.
public struct SearchAnswer: Sendable, Equatable {
    /// For each query, its hits in their order.
    public var hits: [[SearchHit]]
    /// The label of each hit, 0 for none.
    public var labels: [[Int32]]
    /// Vectors that the bounds of the first look did not decide about, over all queries.
    public var candidates: Int
    /// Vectors that were read in float32, over all queries.
    public var reranked: Int

    /// An answer with these values.
    public init(hits: [[SearchHit]] = [], labels: [[Int32]] = [], candidates: Int = 0, reranked: Int = 0) {
        (self.hits, self.labels, self.candidates, self.reranked) = (hits, labels, candidates, reranked)
    }
}
