/// What programs that took turns were measured at: a figure for each round, under what was measured.
struct Figures<Key: Hashable> {
    /// What was measured, in the order it first was.
    private(set) var keys: [Key] = []
    private var values: [Key: [Double]] = [:]

    /// Adds a round's figure.
    mutating func add(_ value: Double, for key: Key) {
        if values[key] == nil { keys.append(key) }
        values[key, default: []].append(value)
    }

    /// The rounds of one thing.
    subscript(key: Key) -> Spread? { values[key].map { Spread($0) } }

    /// The median of one thing for each of another, rounded to thousandths.
    func ratio(_ key: Key, to other: Key) -> Double? {
        guard let own = self[key], let base = self[other], base.median > 0 else { return nil }
        return (own.median / base.median * 1000).rounded() / 1000
    }
}
