import Synchronization
public import Tensors

/// What gives the exact vectors of rows; ids that are gone are left out.
public protocol VectorSource: Sendable {
    /// The vectors `(D)` of those of `ids` that are there.
    func vectors(of ids: [Int64]) throws -> [Int64: [Float]]
}

/// Which rows a search looks at.
public struct RowFilter: Sendable {
    /// What is asked of the label's token.
    public enum Labels: Sendable, Equatable { case any, labelled, unlabelled, oneOf(Set<Int32>) }
    public var labels = Labels.any
    /// Ascending; nil for all.
    public var ids: [Int64]?
    public init() {}
}

/// What a search found.
public struct SearchAnswer: Sendable {
    public var hits: [[SearchHit]]
    public var reranked: Int
    public var candidates: Int
}

/// Why a search was refused.
public enum SearchError: Error, Sendable, Equatable { case invalid(String) }

/// Vectors in memory, compared one by one.
public final class VectorIndex: Sendable {
    private let rows = Mutex([Int64: (label: Int32, vector: [Float])]())

    public init(dimensions: Int, compute: Compute, capacity: Int = 0) {}

    public var count: Int { rows.withLock { $0.count } }

    public func insert(id: Int64, label: Int32, vector: [Float]) throws(SearchError) {
        rows.withLock { $0[id] = (label, vector) }
    }

    @discardableResult public func remove(_ id: Int64) -> Bool { rows.withLock { $0.removeValue(forKey: id) != nil } }

    public func setLabel(_ label: Int32, of id: Int64) { rows.withLock { $0[id]?.label = label } }

    public func search(
        _ queries: [[Float]], k: Int, minimumScore: Float?, filter: RowFilter, source: some VectorSource
    ) throws -> SearchAnswer {
        let rows = rows.withLock { $0 }
        let ids = filter.ids.map(Set.init)
        let candidates = rows.filter { id, row in
            let isWanted =
                switch filter.labels {
                case .any: true
                case .labelled: row.label != 0
                case .unlabelled: row.label == 0
                case .oneOf(let labels): labels.contains(row.label)
                }
            return isWanted && ids?.contains(id) ?? true
        }
        let hits = queries.map { query in
            let scored = candidates.map { id, row in
                SearchHit(id: id, score: zip(query, row.vector).reduce(0) { $0 + $1.0 * $1.1 })
            }
            return Array(scored.filter { $0.score >= minimumScore ?? -.infinity }.sorted().prefix(k))
        }
        return SearchAnswer(hits: hits, reranked: candidates.count, candidates: candidates.count)
    }
}
