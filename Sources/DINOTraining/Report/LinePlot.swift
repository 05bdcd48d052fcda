/// Curves over one pair of axes, as a drawing in SVG.
///
///     let plot = LinePlot(
///         title: "Loss", x: .init("images seen"), y: .init("cross-entropy", unit: "nats"),
///         series: [.init("loss", points)], references: [.init("ln K", 7.62)])
///     try plot.svg(standalone: true).write(to: url, atomically: true, encoding: .utf8)
public struct LinePlot: Sendable {
    /// An axis: what it measures and how.
    public struct Axis: Sendable {
        /// How numbers become places.
        public enum Scale: Sendable {
            /// Equal steps for equal differences.
            case linear
            /// Equal steps for equal ratios; what is not positive is left out.
            case logarithmic
        }

        /// What is measured.
        public var title: String
        /// Its unit.
        public var unit: String?
        /// The scale.
        public var scale: Scale
        /// The ends; nil fits the curves.
        public var range: ClosedRange<Double>?

        /// An axis.
        public init(_ title: String, unit: String? = nil, scale: Scale = .linear, range: ClosedRange<Double>? = nil) {
            self.title = title
            self.unit = unit
            self.scale = scale
            self.range = range
        }
    }

    /// One curve.
    public struct Series: Sendable {
        /// Its name in the legend.
        public var name: String
        /// Its points, by rising x.
        public var points: [(x: Double, y: Double)]

        /// A curve.
        public init(_ name: String, _ points: [(x: Double, y: Double)]) {
            self.name = name
            self.points = points
        }
    }

    /// A horizontal line to compare curves with.
    public struct Reference: Sendable {
        /// What stands on it.
        public var name: String
        /// Its place.
        public var y: Double

        /// A horizontal line.
        public init(_ name: String, _ y: Double) {
            self.name = name
            self.y = y
        }
    }

    /// What is drawn.
    public var title: String
    /// The axes.
    public var x, y: Axis
    /// The curves: six colours, then they repeat.
    public var series: [Series]
    /// Horizontal lines.
    public var references: [Reference]

    /// A drawing.
    public init(title: String, x: Axis, y: Axis, series: [Series], references: [Reference] = []) {
        self.title = title
        self.x = x
        self.y = y
        self.series = series
        self.references = references
    }
}

extension LinePlot {
    /// A curve with one point for each `cell` of x at most: the mean of those that fall into it.
    package static func thinned(_ points: [(x: Double, y: Double)], cell: Double) -> [(x: Double, y: Double)] {
        var result: [(x: Double, y: Double)] = [], place = -Double.infinity, count = 0.0
        for point in points {
            let own = (point.x / cell).rounded(.down)
            if own == place, let last = result.last {
                count += 1
                result[result.count - 1] = (
                    last.x + (point.x - last.x) / count, last.y + (point.y - last.y) / count
                )
            } else {
                (place, count) = (own, 1)
                result.append(point)
            }
        }
        return result
    }

    /// The points of a curve that its axes can show.
    func visible(_ series: Series) -> [(x: Double, y: Double)] {
        series.points.filter { point in
            point.x.isFinite && point.y.isFinite && (x.scale == .linear || point.x > 0)
                && (y.scale == .linear || point.y > 0)
        }
    }

    /// The ends of an axis that shows these numbers, with a little air where asked.
    static func range(_ values: [Double], _ axis: Axis, air: Double) -> ClosedRange<Double> {
        if let range = axis.range { return range }
        guard let least = values.min(), let largest = values.max() else {
            return axis.scale == .linear ? 0...1 : 0.1...1
        }
        if axis.scale == .logarithmic {
            return least == largest ? least / 2...largest * 2 : least...largest
        }
        let size = largest - least
        guard size > 1e-12 * max(abs(least), abs(largest)) else {
            let margin = largest == 0 ? 1 : abs(largest) * 0.1
            return least - margin...largest + margin
        }
        // What is never negative gets no room below zero, and zero itself where it is near.
        let low = least - air * size
        let isNearZero = least >= 0 && least < 0.15 * size
        return (isNearZero || (least >= 0 && low < 0) ? 0 : low)...(largest + air * size)
    }
}
