/// What an index holds at one moment, without the vectors.
public struct IndexContents: Sendable, Equatable {
    /// The ids, ascending.
    public let ids: [Int64]
    /// The label of each, 0 for none.
    public let labels: [Int32]
    /// The state that these are of.
    public let version: IndexVersion

    init(_ segments: [Segment], _ version: IndexVersion) {
        var ids = [Int64](), labels = [Int32]()
        var isAscending = true
        for segment in segments {
            for row in 0..<segment.count where segment.isAlive(row) {
                if let last = ids.last, last > segment.ids[row] { isAscending = false }
                ids.append(segment.ids[row])
                labels.append(segment.labels[row])
            }
        }
        if !isAscending {
            let order = ids.indices.sorted { ids[$0] < ids[$1] }
            (ids, labels) = (order.map { ids[$0] }, order.map { labels[$0] })
        }
        (self.ids, self.labels, self.version) = (ids, labels, version)
    }
}

/// A state of an index, which it shares with no other state and no other index, of this process or another.
public struct IndexVersion: Sendable, Hashable {
    /// What tells the index from others.
    private let index = UInt64.random(in: .min ... .max)
    /// How often a vector was added or removed, and a label changed.
    var vectors = 0, labels = 0

    /// Whether both are states of one index.
    public func isOfIndex(of other: IndexVersion) -> Bool { index == other.index }

    /// Whether the index has the same vectors in both states, though perhaps not the same labels.
    public func hasVectors(of other: IndexVersion) -> Bool { index == other.index && vectors == other.vectors }
}

extension IndexVersion: CustomStringConvertible {
    /// The state in hexadecimal digits and `-`.
    public var description: String {
        [index, UInt64(vectors), UInt64(labels)].map { String($0, radix: 16) }.joined(separator: "-")
    }
}
