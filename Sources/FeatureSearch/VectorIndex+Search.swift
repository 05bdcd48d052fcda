import Tensors

/// Exact search.
///
/// Why the answer is exact: each look gives bounds between which a vector's true product with the query lies (Cauchy and
/// Schwarz on what quantisation left, and the rounding of float32). Let L be the k-th largest lower bound: k vectors reach L,
/// so one whose upper bound is less than L is not among the k best. What is left is read in float32 until no upper bound of
/// an unread vector reaches the k-th best exact score.
extension VectorIndex {
    /// The `k` vectors with the largest cosines to each query: the score falls, and of equal ones the smaller id comes first.
    ///
    /// Queries may have any length but 0: they are divided by it, in double precision. A score is the product of that query
    /// and the vector from `source`, in double precision, rounded to float32. The answer is that of the moment the search
    /// began, less the vectors that `source` had no more. Blocks. Cost: D products of bytes for each vector and query, and
    /// about k vectors a query from `source`. Where very many vectors are equal, none of them is worse than the k best and
    /// all are candidates: then fewer queries are looked at together, down to one, which takes 100 bytes a candidate.
    ///
    /// - Throws: ``SearchError``: `.vanished` where more and more vectors go from `source` meanwhile; what `source` throws.
    public func search(
        _ queries: [[Float]], k: Int, minimumScore: Float? = nil, filter: RowFilter = RowFilter(),
        source: some VectorSource
    ) throws -> SearchAnswer {
        guard k > 0 else { throw SearchError.hits(k) }
        if let minimumScore, minimumScore.isNaN { throw SearchError.score }
        let unit = try queries.map { try normalized($0) }
        let segments = snapshot
        var answer = SearchAnswer()
        for first in stride(from: 0, to: unit.count, by: FirstLook.queriesPerPass) {
            let some = unit[first..<min(first + FirstLook.queriesPerPass, unit.count)]
            try answer.append(search(segments, Array(some), k, minimumScore, filter, source))
        }
        return answer
    }

    /// Looks before it gives up on vectors that vanish: enough for 255 · k that were deleted at once.
    private static var mostLooks: Int { 8 }

    private func search(
        _ segments: [Segment], _ queries: [[Float]], _ k: Int, _ minimumScore: Float?, _ filter: RowFilter,
        _ source: some VectorSource
    ) throws -> SearchAnswer {
        var look = FirstLook(
            segments: segments, queries: QuantizedQueries(queries, dimensions: dimensions, on: compute), k: k,
            // A score may have been rounded up to the lowest one.
            floor: minimumScore.map { Double($0) - 1e-6 } ?? -.infinity, mostCandidates: mostCandidates,
            compute: compute)
        var vanished: Set<Int64> = [], answer = SearchAnswer()
        for _ in 0..<Self.mostLooks {
            guard let found = look.candidates(filter, without: vanished.sorted()) else {
                let half = queries.count / 2
                answer = try search(segments, Array(queries[..<half]), k, minimumScore, filter, source)
                try answer.append(search(segments, Array(queries[half...]), k, minimumScore, filter, source))
                return answer
            }
            var ranking = zip(queries, found.rows).map {
                Rerank($0, k: k, minimumScore: minimumScore, $1, of: look.segments)
            }
            answer.candidates += found.undecided
            let before = vanished.count
            answer.reranked += try read(&ranking, source, &vanished)
            // Bounds that counted on vectors that are gone may have kept others out: look again without them, for more.
            guard vanished.count > before else {
                for ranking in ranking {
                    answer.hits.append(ranking.answer.hits)
                    answer.labels.append(ranking.answer.labels)
                }
                return answer
            }
            look.k = min(2 * look.k, max(k, count))
        }
        throw SearchError.vanished
    }

    /// Reads what the queries need until none needs more; returns how many vectors that were.
    private func read(
        _ ranking: inout [Rerank], _ source: some VectorSource, _ vanished: inout Set<Int64>
    ) throws -> Int {
        var count = 0
        while true {
            let wanted = ranking.indices.map { ranking[$0].take() }
            let ids = Set(wanted.joined()).sorted()
            guard !ids.isEmpty else { return count }
            for first in stride(from: 0, to: ids.count, by: Self.idsPerReading) {
                let some = ids[first..<min(first + Self.idsPerReading, ids.count)]
                let vectors = try exact(Array(some), source)
                count += vectors.count
                for id in some where vectors[id] == nil { vanished.insert(id) }
                for (query, wanted) in wanted.enumerated() {
                    for id in wanted { if let vector = vectors[id] { ranking[query].add(id, vector) } }
                }
            }
        }
    }

    /// The most vectors in float32 that are held at once.
    static var idsPerReading: Int { 4096 }

    /// Vectors of the source, of the right length.
    func exact(_ ids: [Int64], _ source: some VectorSource) throws -> [Int64: [Float]] {
        let vectors = try source.vectors(of: ids)
        for vector in vectors.values where vector.count != dimensions {
            throw SearchError.length(count: vector.count, dimensions: dimensions)
        }
        return vectors
    }

    private func normalized(_ query: [Float]) throws(SearchError) -> [Float] {
        guard query.count == dimensions else { throw .length(count: query.count, dimensions: dimensions) }
        guard query.allSatisfy(\.isFinite) else { throw .notFinite }
        let length = query.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
        guard length > 0 else { throw .noDirection }
        return query.map { Float(Double($0) / length) }
    }
}

extension SearchAnswer {
    fileprivate mutating func append(_ other: SearchAnswer) {
        hits += other.hits
        labels += other.labels
        candidates += other.candidates
        reranked += other.reranked
    }
}
