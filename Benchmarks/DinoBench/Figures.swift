/// What programs that took turns were measured at: a figure for each round, under what was measured.
package struct Figures<Key: Hashable> {
    /// What was measured, in the order it first was.
    package private(set) var keys: [Key] = []
    private var values: [Key: [Double]] = [:]

    /// Nothing measured yet.
    package init() {}

    /// Adds a round's figure: one for each key in every round that measures it.
    package mutating func add(_ value: Double, for key: Key) {
        if values[key] == nil { keys.append(key) }
        values[key, default: []].append(value)
    }

    /// The rounds of one thing.
    package subscript(key: Key) -> Spread? { values[key].map { Spread($0) } }

    /// One thing for each of another, round by round: what disturbed a whole round disturbs both, and does not count.
    ///
    /// Nothing where they have not as many rounds, so that no figure meets one of another round.
    package func ratio(_ key: Key, to other: Key) -> Spread? {
        guard let own = values[key], let base = values[other], own.count == base.count, base.allSatisfy({ $0 > 0 })
        else { return nil }
        return Spread(zip(own, base).map { $0 / $1 })
    }
}
