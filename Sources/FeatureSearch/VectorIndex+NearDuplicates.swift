import Synchronization
import Tensors

extension VectorIndex {
    /// The clusters of vectors that are connected by pairs whose product reaches `similarity`, exactly: a score as that of
    /// `search`. Each has two ids or more, ascending; clusters come by their first id.
    ///
    /// The moment is that of the call; vectors that `source` has no more are left out. Blocks. Cost: N² · D / 2 products of
    /// bytes, one pass over the vectors of `source`, and those of pairs that are very near to `similarity`. Memory: 4 bytes a
    /// vector.
    ///
    /// - Parameter progress: is told how many of how many vectors have been compared with all after them; what it throws ends
    ///   the search.
    public func nearDuplicates(
        above similarity: Float, source: some VectorSource,
        progress: (_ done: Int, _ total: Int) throws -> Void = { _, _ in }
    ) throws -> [[Int64]] {
        guard similarity.isFinite else { throw SearchError.score }
        let pairs = Pairs(segments: snapshot, similarity: similarity, compute: compute)
        let total = pairs.places.last ?? 0
        var done = 0
        for (segment, rows) in pairs.blocks() {
            let ids = rows.map { pairs.segments[segment].ids[$0] }
            let vectors = try exact(ids, source)
            let there = zip(rows, ids).compactMap { row, id in vectors[id].map { (row, id, $0) } }
            try pairs.compare(
                segment, there.map(\.0), there.map(\.2), dimensions: dimensions, exact: { try exact($0, source) })
            done = pairs.places[segment] + (rows.last ?? 0) + 1
            try progress(done, total)
        }
        return pairs.clusters()
    }
}

/// The comparison of a snapshot's rows with each other. A row's place is its number over all segments.
private final class Pairs: Sendable {
    let segments: [Segment]
    /// The place of each segment's first row, and the number of all.
    let places: [Int]
    private let similarity: Float
    private let compute: Compute
    private let sets: Mutex<DisjointSets>

    /// Segments that are compared with a block of rows before the undecided pairs are read.
    private static let segmentsPerRound = 8
    private static let rowsPerBlock = 64, groupsPerCall = 16, groupsPerTask = 256

    private struct Undecided: Sendable {
        let query: Int
        let segment: Int
        let row: Int
    }

    private struct Task {
        let segment: Int
        let groups: Range<Int>
        let masks: [UInt16]
    }

    init(segments: [Segment], similarity: Float, compute: Compute) {
        (self.segments, self.similarity, self.compute) = (segments, similarity, compute)
        var places = [0]
        for segment in segments { places.append((places.last ?? 0) + segment.count) }
        self.places = places
        sets = Mutex(DisjointSets(count: places.last ?? 0))
    }

    /// The rows that are there, some at a time.
    func blocks() -> [(segment: Int, rows: [Int])] {
        segments.indices.flatMap { index in
            let rows = (0..<segments[index].count).filter { segments[index].isAlive($0) }
            return stride(from: 0, to: rows.count, by: Self.rowsPerBlock).map {
                (index, Array(rows[$0..<min($0 + Self.rowsPerBlock, rows.count)]))
            }
        }
    }

    /// Compares some rows of one segment with all rows after them.
    func compare(
        _ segment: Int, _ rows: [Int], _ vectors: [[Float]], dimensions: Int,
        exact: ([Int64]) throws -> [Int64: [Float]]
    ) throws {
        guard let firstRow = rows.first else { return }
        let queries = QuantizedQueries(vectors, dimensions: dimensions, on: compute)
        let own = rows.map { places[segment] + $0 }
        let buffers = (0..<compute.threads).map { _ in Buffer(ScanBuffer(queries, groups: Self.groupsPerCall)) }
        for buffer in buffers {
            // A product may have been rounded up to the similarity.
            for query in rows.indices { buffer.scan.setThreshold(Double(similarity) - 1e-6, of: query) }
        }
        for first in stride(from: segment, to: segments.count, by: Self.segmentsPerRound) {
            let round = first..<min(first + Self.segmentsPerRound, segments.count)
            let tasks = tasks(round, from: segment, firstRow)
            let undecided = Mutex<[Undecided]>([])
            compute.forEach(tasks.count) { index, thread in
                let some = look(tasks[index], queries, own, buffers[thread].scan)
                if !some.isEmpty { undecided.withLock { $0 += some } }
            }
            try decide(undecided.withLock { $0 }, own, vectors, exact)
        }
    }

    private func tasks(_ round: Range<Int>, from segment: Int, _ row: Int) -> [Task] {
        round.flatMap { index in
            let groups = (segments[index].count + QuantizedRows.group - 1) / QuantizedRows.group
            let masks = segments[index].masks(RowFilter(), without: [])
            return stride(from: index == segment ? row / QuantizedRows.group : 0, to: groups, by: Self.groupsPerTask)
                .map {
                    Task(segment: index, groups: $0..<min($0 + Self.groupsPerTask, groups), masks: masks)
                }
        }
    }

    /// Joins the pairs that certainly are similar, and returns those that may be.
    private func look(_ task: Task, _ queries: QuantizedQueries, _ own: [Int], _ buffer: ScanBuffer) -> [Undecided] {
        var undecided: [Undecided] = []
        let segment = segments[task.segment]
        for first in stride(from: task.groups.lowerBound, to: task.groups.upperBound, by: Self.groupsPerCall) {
            let some = first..<min(first + Self.groupsPerCall, task.groups.upperBound)
            compute.scan(segment.rows, groups: some, masks: task.masks, with: buffer)
            for query in own.indices where buffer.hasHits(of: query) {
                buffer.forEachHit(of: query) { row, _ in
                    let place = places[task.segment] + row
                    guard row < segment.count, place > own[query], areApart(own[query], place) else { return }
                    let bounds = compute.refine(query, of: queries, with: segment.rows, row: row)
                    if bounds.lower >= Double(similarity) {
                        sets.withLock { $0.join(own[query], place) }
                    } else if bounds.upper >= Double(similarity) {
                        undecided.append(Undecided(query: query, segment: task.segment, row: row))
                    }
                }
            }
        }
        return undecided
    }

    private func areApart(_ left: Int, _ right: Int) -> Bool {
        sets.withLock { $0.root(of: left) != $0.root(of: right) }
    }

    private func decide(
        _ undecided: [Undecided], _ own: [Int], _ vectors: [[Float]], _ exact: ([Int64]) throws -> [Int64: [Float]]
    ) throws {
        for first in stride(from: 0, to: undecided.count, by: VectorIndex.idsPerReading) {
            let some = undecided[first..<min(first + VectorIndex.idsPerReading, undecided.count)].filter {
                areApart(own[$0.query], places[$0.segment] + $0.row)
            }
            let others = try exact(Set(some.map { segments[$0.segment].ids[$0.row] }).sorted())
            for pair in some {
                guard let other = others[segments[pair.segment].ids[pair.row]],
                    Rerank.score(vectors[pair.query], other) >= similarity
                else { continue }
                sets.withLock { $0.join(own[pair.query], places[pair.segment] + pair.row) }
            }
        }
    }

    /// The sets of two rows or more.
    func clusters() -> [[Int64]] {
        var members: [Int: [Int64]] = [:]
        sets.withLock { sets in
            for (index, segment) in segments.enumerated() {
                for row in 0..<segment.count {
                    let place = places[index] + row, root = sets.root(of: place)
                    if root != place { members[root, default: [id(root)]].append(segment.ids[row]) }
                }
            }
        }
        return members.values.map { $0.sorted() }.sorted { ($0.first ?? 0) < ($1.first ?? 0) }
    }

    private func id(_ place: Int) -> Int64 {
        let segment = places.firstPlace { $0 > place } - 1
        return segments[segment].ids[place - places[segment]]
    }
}

/// `@unchecked Sendable` because a loop of `Compute` gives a thread's number to one call at a time.
private final class Buffer: @unchecked Sendable {
    let scan: ScanBuffer
    init(_ scan: ScanBuffer) { self.scan = scan }
}
