/// Which images are meant: those that every part of it holds for.
public struct ImageFilter: Sendable, Equatable {
    /// What is asked of the label.
    public enum Labels: Sendable, Equatable {
        /// Nothing.
        case any
        /// There is one.
        case labelled
        /// There is none.
        case unlabelled
        /// It is one of these.
        case oneOf([String])
    }

    /// What is asked of the label.
    public var labels: Labels
    /// What is asked of the metadata: all of it.
    public var metadata: [MetadataCondition]

    /// A filter with these parts; without any, all images.
    public init(labels: Labels = .any, metadata: [MetadataCondition] = []) {
        (self.labels, self.metadata) = (labels, metadata)
    }
}

/// A condition on one member of the metadata.
public struct MetadataCondition: Sendable, Equatable {
    /// A bound of a range.
    public struct Bound: Sendable, Equatable {
        /// The number or string that it is compared with.
        public var value: MetadataValue
        /// Whether the value itself is in the range.
        public var isInclusive: Bool

        /// A bound.
        public init(_ value: MetadataValue, isInclusive: Bool) { (self.value, self.isInclusive) = (value, isInclusive) }
    }

    /// What is asked of the member.
    public enum Test: Sendable, Equatable {
        /// It equals this value. Numbers are compared as numbers, strings byte by byte.
        case equals(MetadataValue)
        /// It equals one of these values.
        case oneOf([MetadataValue])
        /// It lies between the bounds, which are numbers both or strings both.
        case range(lower: Bound?, upper: Bound?)
        /// It is there and not null; or, with `false`, it is not.
        case exists(Bool)
    }

    /// The member's name; those of nested objects joined with a dot.
    public var name: String
    /// What is asked of it.
    public var test: Test

    /// A condition.
    public init(_ name: String, _ test: Test) { (self.name, self.test) = (name, test) }
}

/// A member's value that can be asked for.
public enum MetadataValue: Sendable, Equatable {
    /// A string.
    case string(String)
    /// A whole number.
    case integer(Int64)
    /// Any other number; must be finite.
    case number(Double)
    /// True or false.
    case boolean(Bool)
}
