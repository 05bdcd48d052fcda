import HeapModule

/// The last look of a search: the exact vectors of one query's candidates, the likeliest first.
struct Rerank {
    private let query: [Float]
    private let k: Int
    private let minimumScore: Float?
    private let candidates: [(candidate: Candidate, id: Int64, label: Int32)]
    private var next = 0
    private var step: Int
    /// The k best so far; the greatest is the worst.
    private var hits = Heap<SearchHit>()
    private var labels: [Int64: Int32] = [:]

    init(_ query: [Float], k: Int, minimumScore: Float?, _ candidates: [Candidate], of segments: [Segment]) {
        (self.query, self.k, self.minimumScore) = (query, k, minimumScore)
        self.candidates = candidates.sorted { $0.bounds.upper > $1.bounds.upper }.map {
            let segment = segments[Int($0.segment)], row = Int($0.row)
            return ($0, segment.ids[row], segment.labels[row])
        }
        // A few more than wanted: neighbours whose bounds overlap come with the first reading.
        step = min(k, candidates.count) + 16
    }

    /// The score of a vector: the products of its numbers with the query's, exact in double precision, added up in double
    /// precision from the first to the last, and rounded to float32 once.
    static func score(_ query: [Float], _ vector: [Float]) -> Float {
        var sum = 0.0
        for index in query.indices { sum += Double(query[index]) * Double(vector[index]) }
        return Float(sum)
    }

    /// The ids whose vectors it needs next; none when the hits are final.
    ///
    /// They are final when no candidate is left whose upper bound reaches the k-th best exact score. The bounds leave room
    /// for the rounding of a score, so whoever is left out here is really worse, not only as bad.
    mutating func take() -> [Int64] {
        var taken: [Int64] = []
        while next < candidates.count, taken.count < step {
            if hits.count == k, let worst = hits.max, candidates[next].candidate.bounds.upper < Double(worst.score) {
                next = candidates.count
                break
            }
            taken.append(candidates[next].id)
            labels[candidates[next].id] = candidates[next].label
            next += 1
        }
        step = min(2 * step, 4096)
        return taken
    }

    mutating func add(_ id: Int64, _ vector: [Float]) {
        let hit = SearchHit(id: id, score: Self.score(query, vector))
        if let minimumScore, hit.score < minimumScore { return }
        if hits.count < k {
            hits.insert(hit)
        } else if let worst = hits.max, hit < worst {
            hits.replaceMax(with: hit)
        }
    }

    /// The hits in their order, with their labels.
    var answer: (hits: [SearchHit], labels: [Int32]) {
        let sorted = hits.unordered.sorted()
        return (sorted, sorted.map { labels[$0.id] ?? 0 })
    }
}
