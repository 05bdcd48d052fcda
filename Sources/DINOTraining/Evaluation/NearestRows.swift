/// A row of the bank and its cosine with a query.
struct Neighbor: Sendable, Equatable {
    let cosine: Float
    let row: Int

    /// Whether this one is nearer: the larger cosine, or of equal ones the earlier row.
    func isNearer(than other: Neighbor) -> Bool {
        cosine == other.cosine ? row < other.row : cosine > other.cosine
    }
}

/// The nearest of the rows that were offered so far, `capacity` at most.
///
/// Rows are collected until there are twice as many as wanted, then the nearer half is kept. Its last cosine is what
/// later rows have to exceed, so of n rows only about capacity·log₂(n / capacity) are ever collected.
struct NearestRows: Sendable {
    private let capacity: Int
    private var rows: [Neighbor] = []
    private var threshold = -Float.infinity

    init(capacity: Int) {
        self.capacity = capacity
        rows.reserveCapacity(2 * capacity)
    }

    /// Takes the cosines of consecutive rows, offered in ascending order: of equal cosines the earlier stays.
    mutating func offer(_ cosines: borrowing MutableSpan<Float>, firstRow: Int) {
        for index in 0..<cosines.count where cosines[index] > threshold {
            rows.append(Neighbor(cosine: cosines[index], row: firstRow + index))
            if rows.count == 2 * capacity { keepNearest() }
        }
    }

    private mutating func keepNearest() {
        rows.sort { $0.isNearer(than: $1) }
        rows.removeLast(rows.count - capacity)
        threshold = rows[capacity - 1].cosine
    }

    /// The nearest rows, the nearest first.
    func sorted() -> [Neighbor] { Array(rows.sorted { $0.isNearer(than: $1) }.prefix(capacity)) }
}
