/// What keeps a vector from being kept or searched for.
public enum SearchError: Error, Sendable, Equatable, CustomStringConvertible {
    /// A vector has `count` numbers where the index has `dimensions`.
    case length(count: Int, dimensions: Int)
    /// A number of the vector is not finite.
    case notFinite
    /// All numbers of a query are zero.
    case noDirection
    /// A vector that is to be kept has this length and not 1.
    case notUnit(length: Double)
    /// So many hits cannot be asked for.
    case hits(Int)
    /// The lowest score, or the similarity of duplicates, is not a number.
    case score
    /// Vectors kept going from the source while they were searched, as those of a generation that is being dropped do.
    case vanished

    /// The reason in a sentence.
    public var description: String {
        switch self {
        case .length(let count, let dimensions):
            "the vector has \(count) numbers: this collection's have \(dimensions); take one of the same model"
        case .notFinite: "the vector holds a NaN or an infinite number: send finite numbers"
        case .noDirection: "the vector's length is zero, so it has no direction: send another one"
        case .notUnit(let length): "the vector has length \(length): divide it by that before it is kept"
        case .hits(let k): "\(k) hits cannot be asked for: ask for 1 or more"
        case .score: "the lowest score is not a number: give one from -1 to 1, or leave it out"
        case .vanished: "the vectors were deleted while they were searched: search again"
        }
    }
}
