/// The k-NN figures of two models on the same photographs, side by side.
public struct ModelComparison: Sendable, Codable, Equatable {
    /// One number of neighbours.
    public struct Line: Sendable, Codable, Equatable {
        /// The number of neighbours.
        public let k: Int
        /// The share of right answers of the first and of the second model.
        public let a, b: Double
        /// Whether they differ by more than chance.
        public let test: PairedTest

        /// The second's share less the first's.
        public var difference: Double { b - a }
    }

    /// A line for each number of neighbours.
    public let lines: [Line]

    /// The comparison of two models' figures.
    ///
    /// - Precondition: `NearestNeighbors.evaluate` gave both, for the same queries in the same order.
    public init(_ a: [KNNResult], _ b: [KNNResult]) {
        lines = zip(a, b).map { a, b in
            Line(k: a.k, a: a.top1, b: b.top1, test: PairedTest(a.isRight, b.isRight))
        }
    }
}
