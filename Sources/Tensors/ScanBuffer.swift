import CKernels

/// The thresholds of one thread's scan, and what its last call found.
///
/// Not for two threads at once. Memory: 8 bytes for each query and row of the largest call.
public final class ScanBuffer {
    /// The queries that are looked for.
    public let queries: QuantizedQueries
    /// Groups of rows that one call may look at.
    public let groups: Int
    let hits: UnsafeMutablePointer<dk_hit>
    let counts: UnsafeMutablePointer<Int>
    let kernelQueries: UnsafeMutablePointer<dk_query>
    private var rows: QuantizedRows?
    private var room = 0

    /// A buffer whose thresholds let everything through.
    public init(_ queries: QuantizedQueries, groups: Int) {
        precondition(groups > 0, "a buffer for \(groups) groups")
        self.queries = queries
        self.groups = groups
        hits = .allocate(capacity: max(1, queries.count * groups * QuantizedRows.group))
        counts = .allocate(capacity: max(1, queries.count))
        counts.initialize(repeating: 0, count: max(1, queries.count))
        kernelQueries = .allocate(capacity: max(1, queries.count))
        for (index, query) in queries.queries.enumerated() {
            (kernelQueries + index).initialize(
                to: dk_query(
                    numbers: queries.codes(of: index), offset: query.offset,
                    slack: Float(query.length / query.scale).nextUp, threshold: -Float.greatestFiniteMagnitude))
        }
    }

    deinit {
        hits.deallocate()
        counts.deallocate()
        kernelQueries.deallocate()
    }

    /// Passes over, from now on, rows whose product with the query is certainly less than `score`.
    public func setThreshold(_ score: Double, of query: Int) {
        precondition((0..<queries.count).contains(query), "query \(query) of \(queries.count)")
        let parameters = queries.queries[query]
        let threshold = Float((score - parameters.slack) / parameters.scale).nextDown
        kernelQueries[query].threshold = max(threshold, -Float.greatestFiniteMagnitude)
    }

    /// Calls `body` with each row that the last scan found for a query, in ascending order, and with its product's bounds.
    public func forEachHit(of query: Int, _ body: (_ row: Int, _ bounds: ScoreBounds) -> Void) {
        precondition((0..<queries.count).contains(query), "query \(query) of \(queries.count)")
        guard counts[query] > 0, let slacks = rows?.factors(1) else { return }
        let parameters = queries.queries[query], start = hits + query * room
        for index in 0..<counts[query] {
            let hit = start[index], row = Int(hit.row)
            let margin = parameters.length * Double(slacks[row]) + parameters.slack
            body(row, ScoreBounds(around: parameters.scale * Double(hit.score), margin: margin))
        }
    }

    /// Whether the last scan found a row for the query.
    public func hasHits(of query: Int) -> Bool { counts[query] > 0 }

    func found(in rows: QuantizedRows, rowsPerQuery: Int) {
        self.rows = rows
        room = rowsPerQuery
    }
}
