public import Tensors

/// A few directions in the space of patch features and what their colours mean: with the same basis, the colours of
/// different pictures can be compared.
///
/// Everything in it is float32, so a basis that was written down and read again gives the same colours, bit for bit.
public struct PatchBasis: Sendable, Equatable {
    /// What the features are centred with (D).
    public let mean: [Float]
    /// Orthonormal directions (K, D), the one of the largest variance first.
    public let components: [Float]
    /// The values along each direction that are black and full colour (K).
    public let ranges: [Span]
    /// How the foreground is told from the background, nothing where all patches are alike.
    public let foreground: Foreground?

    /// Two ends, `low` not above `high`.
    public struct Span: Sendable, Equatable {
        /// The ends.
        public let low: Float, high: Float

        /// A span between two ends.
        public init(low: Float, high: Float) { (self.low, self.high) = (low, high) }

        /// Where a value lies, from 0 at `low` to 1 at `high` and no further; in the middle where the ends are one.
        func share(of value: Float) -> Float {
            low < high ? min(max((value - low) / (high - low), 0), 1) : 0.5
        }
    }

    /// A cut through the space of features: patches beyond it are foreground.
    public struct Foreground: Sendable, Equatable {
        /// What the features are centred with (D).
        public let mean: [Float]
        /// The direction of the cut (D), of length 1.
        public let direction: [Float]
        /// The value along the direction that the foreground is above.
        public let threshold: Float

        /// A cut.
        public init(mean: [Float], direction: [Float], threshold: Float) {
            (self.mean, self.direction, self.threshold) = (mean, direction, threshold)
        }
    }

    /// A basis of these parts, nothing where their sizes disagree, a number is not finite or a span is upside down.
    public init?(mean: [Float], components: [Float], ranges: [Span], foreground: Foreground?) {
        let width = mean.count
        guard width > 0, !ranges.isEmpty, components.count / width == ranges.count, components.count % width == 0,
            mean.allSatisfy(\.isFinite), components.allSatisfy(\.isFinite),
            ranges.allSatisfy({ $0.low.isFinite && $0.high.isFinite && $0.low <= $0.high })
        else { return nil }
        if let foreground {
            guard foreground.mean.count == width, foreground.direction.count == width, foreground.threshold.isFinite,
                foreground.mean.allSatisfy(\.isFinite), foreground.direction.allSatisfy(\.isFinite)
            else { return nil }
        }
        (self.mean, self.components, self.ranges, self.foreground) = (mean, components, ranges, foreground)
    }

    /// The number of directions, `K`.
    public var count: Int { ranges.count }
    /// Numbers of a feature, `D`.
    public var dimensions: Int { mean.count }
}

extension PatchBasis {
    /// The values of patches (N, D) along the directions (N, K). Cost: 2·N·K·D operations.
    ///
    /// - Precondition: the widths agree.
    public func project(_ features: Tensor) -> Tensor {
        Self.project(features, mean: mean, directions: components)
    }

    /// Whether each patch of (N, D) is foreground; all are where the basis makes no difference.
    ///
    /// - Precondition: the widths agree.
    public func isForeground(_ features: Tensor) -> [Bool] {
        guard let foreground else { return [Bool](repeating: true, count: features.shape[0]) }
        return Self.project(features, mean: foreground.mean, directions: foreground.direction).scalars
            .map { $0 > foreground.threshold }
    }

    /// (x - mean)·direction for every row and direction, summed in double precision.
    static func project(_ features: Tensor, mean: [Float], directions: [Float]) -> Tensor {
        let width = mean.count, count = directions.count / width
        precondition(features.shape.count == 2 && features.shape[1] == width, "features of width \(features.shape)")
        let rows = features.scalars.span, mean = mean.span, directions = directions.span
        var values = [Float]()
        values.reserveCapacity(features.shape[0] * count)
        for row in 0..<features.shape[0] {
            for component in 0..<count {
                var sum = 0.0
                for column in 0..<width {
                    let centred = Double(rows[row * width + column]) - Double(mean[column])
                    sum += centred * Double(directions[component * width + column])
                }
                values.append(Float(sum))
            }
        }
        return Tensor(shape: [features.shape[0], count], scalars: values)
    }
}
