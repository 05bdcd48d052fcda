/// One vector that a search found.
public struct SearchHit: Sendable, Hashable {
    /// Whose vector it is.
    public var id: Int64
    /// The cosine of its angle to the query, in float32: the dot product of the two unit vectors.
    public var score: Float

    /// A hit.
    public init(id: Int64, score: Float) { (self.id, self.score) = (id, score) }
}

extension SearchHit: Comparable {
    /// The order of an answer: the higher score first, and of equal ones the smaller id.
    public static func < (left: Self, right: Self) -> Bool {
        left.score == right.score ? left.id < right.id : left.score > right.score
    }
}
