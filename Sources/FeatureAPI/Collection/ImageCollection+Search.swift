import FeatureSearch
import FeatureStorage

/// The neighbours of queries, with what is stored about them.
struct Neighbors: Sendable {
    /// A stored image and the cosine of its feature and the query.
    struct Neighbor: Sendable {
        var image: StoredImage
        var score: Float
    }

    /// For each query the nearest first; of equal scores the smaller id.
    var lists: [[Neighbor]]
    /// Vectors that the scan left to be compared in full precision, and those that were.
    var candidates: Int, reranked: Int
    /// Vectors in the index.
    var searched: Int
    /// Sentences about the filter that explain an answer.
    var notes: [String]
    var seconds: Double
}

extension ImageCollection {
    /// The `k` nearest images of each query, exactly; those that a query is given by are left out of its answer.
    func nearest(
        _ queries: ResolvedQueries, k: Int, minimumScore: Float? = nil, filter: ImageFilter, in active: ActiveGeneration
    ) async throws -> Neighbors {
        try await read { store in
            let start = ContinuousClock.now
            let (rows, notes) = try filter.rows(in: store)
            let more = queries.excluded.map(\.count).max() ?? 0
            let answer = try active.index.search(
                queries.vectors, k: k + more, minimumScore: minimumScore, filter: rows,
                source: active.vectors(in: store))
            let hits = zip(answer.hits, queries.excluded).map { hits, excluded in
                hits.filter { !excluded.contains($0.id) }.prefix(k)
            }
            let images = try store.images(Set(hits.joined().map(\.id)).sorted())
            return Neighbors(
                lists: hits.map { hits in
                    hits.compactMap { hit in images[hit.id].map { .init(image: $0, score: hit.score) } }
                },
                candidates: answer.candidates, reranked: answer.reranked, searched: active.index.count, notes: notes,
                seconds: (ContinuousClock.now - start).seconds)
        }
    }
}

extension ImageFilter {
    /// The filter as the index takes it: labels by their tokens, metadata by the ids of the images; and, in sentences, what
    /// in it no image has.
    func rows(in store: FeatureStore) throws -> (rows: RowFilter, notes: [String]) {
        var rows = RowFilter()
        var notes = [String]()
        switch labels {
        case .any: rows.labels = .any
        case .labelled: rows.labels = .labelled
        case .unlabelled: rows.labels = .unlabelled
        case .oneOf(let labels):
            var tokens = Set<Int32>()
            for label in labels {
                if let token = try store.labelToken(label) {
                    tokens.insert(token)
                } else {
                    notes.append("No image has the label \"\(label)\".")
                }
            }
            rows.labels = .oneOf(tokens)
        }
        guard !metadata.isEmpty else { return (rows, notes) }
        let names = try store.metadataNames(among: metadata.map(\.name))
        for condition in metadata where !names.contains(condition.name) {
            notes.append("No image has \"\(condition.name)\" in its metadata.")
        }
        rows.ids = try store.ids(matching: ImageFilter(metadata: metadata))
        return (rows, notes)
    }
}
