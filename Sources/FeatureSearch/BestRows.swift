import HeapModule
import Tensors

/// A row that may be among the best of a query.
struct Candidate: Sendable {
    var segment: Int32, row: Int32
    var bounds: ScoreBounds
}

/// The rows that may be among the `k` best of one query, as far as one thread has seen.
///
/// Whatever the true products are, `k` rows reach at least the k-th largest lower bound. A row whose upper bound is less is
/// therefore not among the k best, and is not kept.
struct BestRows {
    let k: Int
    private(set) var candidates: [Candidate] = []
    private var lowers = Heap<Double>()
    /// What a row's upper bound has to reach.
    private(set) var threshold: Double
    private var limit = 4096

    init(k: Int, threshold: Double) { (self.k, self.threshold) = (k, threshold) }

    mutating func add(_ candidate: Candidate) {
        guard candidate.bounds.upper >= threshold else { return }
        add(lower: candidate.bounds.lower)
        candidates.append(candidate)
        if candidates.count >= limit {
            prune()
            limit = max(4096, 2 * candidates.count)
        }
    }

    /// Takes a threshold that others have found.
    mutating func raise(to threshold: Double) { self.threshold = max(self.threshold, threshold) }

    /// Takes what another thread has seen of other rows.
    mutating func merge(_ other: BestRows) {
        raise(to: other.threshold)
        for lower in other.lowers.unordered { add(lower: lower) }
        candidates += other.candidates
        prune()
    }

    private mutating func add(lower: Double) {
        if lowers.count < k {
            lowers.insert(lower)
        } else if let least = lowers.min, lower > least {
            lowers.replaceMin(with: lower)
        }
        if lowers.count == k, let least = lowers.min { raise(to: least) }
    }

    private mutating func prune() {
        let threshold = threshold
        candidates.removeAll { $0.bounds.upper < threshold }
    }
}
