import Synchronization
import Tensors

/// The look at the codes of a snapshot for a few queries, on all threads: which rows may be among each query's best.
///
/// First one pass over all coarse codes; then the rows that it did not decide about are looked at in both levels. A pass keeps
/// no matrix of scores: whatever is under the best lower bounds so far falls out of the kernel.
struct FirstLook {
    let segments: [Segment]
    let queries: QuantizedQueries
    /// The rows of each query that are looked for.
    var k: Int
    /// What a product has to reach in any case.
    let floor: Double
    /// Candidates that a thread keeps for more than one query.
    let mostCandidates: Int
    let compute: Compute

    /// Queries of one pass.
    static let queriesPerPass = 64
    /// Twice what a full pass keeps where no vectors are equal: 12 MB a thread.
    static let mostCandidates = 1 << 19
    /// Rows that a thread takes at a time.
    private static let rowsPerTask = 4096
    /// Candidates that a thread looks at closely at a time.
    private static let candidatesPerTask = 128

    private struct Task {
        let segment: Int
        let groups: Range<Int>
    }

    /// The rows that may be among each query's best, and how many there were after the first pass, in all; nothing where
    /// these are too many to be kept for several queries at once.
    func candidates(_ filter: RowFilter, without excluded: [Int64]) -> (rows: [[Candidate]], undecided: Int)? {
        let masks = masks(filter, excluded), tasks = tasks(masks)
        // Hits of many queries should stay in the nearer caches; one query has hardly any.
        let groups = queries.count <= 4 ? 64 : 16
        let workers = (0..<compute.threads).map { _ in Worker(ScanBuffer(queries, groups: groups), fresh()) }
        let thresholds = Mutex([Double](repeating: floor, count: queries.count))
        let isFull = Atomic(false)
        compute.forEach(tasks.count) { index, thread in
            guard !isFull.load(ordering: .relaxed) else { return }
            let task = tasks[index], worker = workers[thread]
            worker.trade(thresholds)
            worker.look(at: segments[task.segment], task.segment, task.groups, masks[task.segment], compute)
            if queries.count > 1, worker.candidates > mostCandidates { isFull.store(true, ordering: .relaxed) }
        }
        guard !isFull.load(ordering: .relaxed) else { return nil }
        let first = (0..<queries.count).map { query in
            var best = BestRows(k: k, threshold: floor)
            for worker in workers { best.merge(worker.best[query]) }
            return best.candidates
        }
        return (refined(first), first.reduce(0) { $0 + $1.count })
    }

    private func fresh() -> [BestRows] { (0..<queries.count).map { _ in BestRows(k: k, threshold: floor) } }

    private func masks(_ filter: RowFilter, _ excluded: [Int64]) -> [[UInt16]] {
        let masks = Mutex([[UInt16]](repeating: [], count: segments.count))
        compute.forEach(segments.count) { index, _ in
            let mask = segments[index].masks(filter, without: excluded)
            masks.withLock { $0[index] = mask }
        }
        return masks.withLock { $0 }
    }

    private func tasks(_ masks: [[UInt16]]) -> [Task] {
        let groupsPerTask = Self.rowsPerTask / QuantizedRows.group
        var tasks: [Task] = []
        for (index, segment) in segments.enumerated() {
            let groups = (segment.count + QuantizedRows.group - 1) / QuantizedRows.group
            for first in stride(from: 0, to: groups, by: groupsPerTask) {
                let range = first..<min(first + groupsPerTask, groups)
                guard masks[index].isEmpty || masks[index][range].contains(where: { $0 != 0 }) else { continue }
                tasks.append(Task(segment: index, groups: range))
            }
        }
        return tasks
    }

    /// The candidates again, with the bounds that both levels of their codes give.
    private func refined(_ rough: [[Candidate]]) -> [[Candidate]] {
        let runs = rough.enumerated().flatMap { query, candidates in
            stride(from: 0, to: candidates.count, by: Self.candidatesPerTask).map {
                (query: query, range: $0..<min($0 + Self.candidatesPerTask, candidates.count))
            }
        }
        let best = Mutex(fresh())
        compute.forEach(runs.count) { index, _ in
            let run = runs[index]
            let closer = rough[run.query][run.range].map { candidate in
                var closer = candidate
                closer.bounds = compute.refine(
                    run.query, of: queries, with: segments[Int(candidate.segment)].rows, row: Int(candidate.row))
                return closer
            }
            best.withLock { best in
                for candidate in closer { best[run.query].add(candidate) }
            }
        }
        return best.withLock { best in
            best.map { best in best.candidates.filter { $0.bounds.upper >= best.threshold } }
        }
    }
}

/// What one thread needs and finds.
///
/// `@unchecked Sendable` because a loop of `Compute` gives a thread's number to one call at a time.
private final class Worker: @unchecked Sendable {
    private let buffer: ScanBuffer
    private(set) var best: [BestRows]
    /// What it keeps, for all queries.
    var candidates: Int { best.reduce(0) { $0 + $1.candidates.count } }

    init(_ buffer: ScanBuffer, _ best: [BestRows]) {
        (self.buffer, self.best) = (buffer, best)
        for (query, rows) in best.enumerated() { buffer.setThreshold(rows.threshold, of: query) }
    }

    /// Gives the other threads this one's thresholds, and takes theirs.
    func trade(_ thresholds: borrowing Mutex<[Double]>) {
        thresholds.withLock { thresholds in
            for query in best.indices {
                best[query].raise(to: thresholds[query])
                thresholds[query] = best[query].threshold
            }
        }
        for query in best.indices { buffer.setThreshold(best[query].threshold, of: query) }
    }

    func look(at segment: Segment, _ number: Int, _ groups: Range<Int>, _ masks: [UInt16], _ compute: Compute) {
        for first in stride(from: groups.lowerBound, to: groups.upperBound, by: buffer.groups) {
            let some = first..<min(first + buffer.groups, groups.upperBound)
            compute.scan(segment.rows, groups: some, masks: masks, with: buffer)
            for query in best.indices where buffer.hasHits(of: query) {
                buffer.forEachHit(of: query) { row, bounds in
                    // The last group may have rows that came after the snapshot.
                    guard row < segment.count else { return }
                    best[query].add(Candidate(segment: Int32(number), row: Int32(row), bounds: bounds))
                }
                buffer.setThreshold(best[query].threshold, of: query)
            }
        }
    }
}
