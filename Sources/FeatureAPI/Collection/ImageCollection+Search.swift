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
    ///
    /// - Parameters:
    ///   - withMetadata: whether the images' metadata are read.
    ///   - room: takes the bytes of what was read, for the answer to be written into.
    func nearest(
        _ queries: ResolvedQueries, k: Int, minimumScore: Float? = nil, filter: ImageFilter, withMetadata: Bool = false,
        room: Reservation
    ) async throws -> Neighbors {
        let neighbors = try await read { store in
            let start = ContinuousClock.now
            var found = try Self.look(queries, k, minimumScore, filter, withMetadata: withMetadata, in: store)
            // What was deleted or got another label between the scan and the reading left its place to the next one.
            for _ in 0..<Self.furtherLooks where found.hasLost {
                found = try Self.look(queries, k, minimumScore, filter, withMetadata: withMetadata, in: store)
            }
            found.neighbors.seconds = (ContinuousClock.now - start).seconds
            return found.neighbors
        }
        try room.extend(bytes: neighbors.textBytes)
        return neighbors
    }

    /// A client that changes hits all the time does not keep a search from ending.
    private static let furtherLooks = 2

    /// One scan, and the reading of what it found; whether any of that was gone or no longer what the filter wants.
    private static func look(
        _ queries: ResolvedQueries, _ k: Int, _ minimumScore: Float?, _ filter: ImageFilter, withMetadata: Bool,
        in store: FeatureStore
    ) throws -> (neighbors: Neighbors, hasLost: Bool) {
        let active = queries.active
        let (rows, notes) = try filter.rows(in: store)
        let more = queries.excluded.map(\.count).max() ?? 0
        let answer = try active.index.search(
            queries.vectors, k: k + more, minimumScore: minimumScore, filter: rows, source: active.vectors(in: store))
        let hits = zip(answer.hits, queries.excluded).map { hits, excluded in
            hits.filter { !excluded.contains($0.id) }.prefix(k)
        }
        let ids = Set(hits.joined().map(\.id)).sorted()
        let images = try withMetadata ? store.images(ids) : store.imagesWithoutMetadata(ids)
        let admitted = images.filter { filter.labels.admit($0.value.label) }
        let lists = hits.map { hits in
            hits.compactMap { hit in admitted[hit.id].map { Neighbors.Neighbor(image: $0, score: hit.score) } }
        }
        let neighbors = Neighbors(
            lists: lists, candidates: answer.candidates, reranked: answer.reranked, searched: active.index.count,
            notes: notes, seconds: 0)
        return (neighbors, admitted.count < ids.count)
    }
}

extension Neighbors {
    /// Bytes of the texts of all of them, in memory and in an answer: an image that several queries find is written for each.
    var textBytes: Int {
        // What was read, and once more what is written.
        2 * lists.joined().reduce(0) { $0 + $1.image.textBytes }
    }
}

extension ImageFilter.Labels {
    /// Whether an image with a label, or none, is meant.
    fileprivate func admit(_ label: String?) -> Bool {
        switch self {
        case .any: true
        case .labelled: label != nil
        case .unlabelled: label == nil
        case .oneOf(let labels): label.map(labels.contains) ?? false
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
