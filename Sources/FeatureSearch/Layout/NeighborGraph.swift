/// The nearest neighbours of some vectors among themselves, found a batch at a time.
///
///     var graph = NeighborGraph(ids: ids)
///     while !graph.isComplete { try graph.addBatch(in: index, source: store) }
public struct NeighborGraph: Sendable {
    /// The vectors' ids, ascending.
    public let ids: [Int64]
    /// The most neighbours of each.
    public let neighbors: Int
    /// How many of the vectors have theirs.
    public private(set) var count = 0
    /// Where the neighbours of each begin, and those of the last end.
    private(set) var offsets = [0]
    /// The neighbours by their places in `ids`, the nearest of each first.
    private(set) var places = [Int32]()
    /// 1 less the cosine, from 0 to 2.
    private(set) var distances = [Float]()

    /// The graph of vectors whose ids ascend, before any search.
    ///
    /// - Precondition: `neighbors` is positive.
    public init(ids: [Int64], neighbors: Int = 15) {
        precondition(neighbors > 0, "\(neighbors) neighbours")
        (self.ids, self.neighbors) = (ids, neighbors)
    }

    /// Whether every vector has its neighbours.
    public var isComplete: Bool { count == ids.count }

    /// Finds the neighbours of the next 64, exactly; one whose vector is gone from `source` has none. Blocks.
    ///
    /// Cost: that of a search for 64 queries, far less than that of 64 searches.
    /// - Throws: ``SearchError`` where vectors go faster than they are searched; what `source` throws.
    public mutating func addBatch(in index: VectorIndex, source: some VectorSource) throws {
        let batch = ids[count..<min(count + FirstLook.queriesPerPass, ids.count)]
        let vectors = try index.exact(Array(batch), source)
        let found = batch.filter { vectors[$0] != nil }
        // One more, because each is its own nearest; of many that are equal it need not be among those found.
        let answer = try index.search(
            found.compactMap { vectors[$0] }, k: neighbors + 1, filter: RowFilter(ids: ids), source: source)
        var hits = zip(found, answer.hits).makeIterator(), next = hits.next()
        for id in batch {
            if let (found, best) = next, found == id {
                append(best.lazy.filter { $0.id != id }.prefix(neighbors))
                next = hits.next()
            }
            offsets.append(places.count)
        }
        count += batch.count
    }

    /// The neighbours of the vector at a place of `ids` that has been searched, the nearest first.
    package func neighborIDs(of place: Int) -> [Int64] {
        places[offsets[place]..<offsets[place + 1]].map { ids[Int($0)] }
    }

    private mutating func append(_ hits: some Sequence<SearchHit>) {
        for hit in hits {
            places.append(Int32(ids.firstPlace { $0 >= hit.id }))
            distances.append(min(max(1 - hit.score, 0), 2))
        }
    }
}
