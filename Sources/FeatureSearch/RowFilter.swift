/// Which vectors of an index a search may find: those that fulfil both conditions.
public struct RowFilter: Sendable, Hashable {
    /// A condition on a vector's label.
    public enum Labels: Sendable, Hashable {
        /// None.
        case any
        /// It has one.
        case labelled
        /// It has none.
        case unlabelled
        /// It is one of these.
        case oneOf(Set<Int32>)

        func allows(_ label: Int32) -> Bool {
            switch self {
            case .any: true
            case .labelled: label != 0
            case .unlabelled: label == 0
            case .oneOf(let labels): labels.contains(label)
            }
        }
    }

    /// The condition on labels.
    public var labels: Labels
    /// The only ids that may be found, ascending; `nil` allows all.
    public var ids: [Int64]?

    /// A filter; without arguments, one that everything passes.
    public init(labels: Labels = .any, ids: [Int64]? = nil) { (self.labels, self.ids) = (labels, ids) }
}
