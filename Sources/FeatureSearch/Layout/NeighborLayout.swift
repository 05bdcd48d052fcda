import Foundation
import Tensors

/// A layout that keeps neighbours together, after UMAP (McInnes, Healy and Melville, arXiv:1802.03426, section 3.2): pairs of
/// the fuzzy graph pull at each other, and random others push away, in steps that become smaller.
///
///     var layout = NeighborLayout(graph, from: points, seed: 1)
///     while !layout.isComplete { layout.addEpoch() }
///
/// The same graph, points and seed give the same bits on the same machine. No step is longer than 4 in either direction, and
/// no point can become infinite.
public struct NeighborLayout: Sendable {
    /// Passes over the edges: from 500 for up to 10,000 vectors down to 200 from 25,000 on.
    public let epochs: Int
    /// The passes done.
    public private(set) var epoch = 0
    /// The points, in the order of the graph's ids.
    public private(set) var points: [SIMD2<Float>]

    private var edges: FuzzyGraph
    /// Epochs from one pull of an edge to the next, and the epoch of the next.
    private var periods: [Float], due: [Float]
    private var generator: SplitMix64

    /// The curve 1 / (1 + a·d²ᵇ) that is nearest to the wanted one with `min_dist` 0.1 and `spread` 1.
    private static let (a, b): (Float, Float) = (1.577, 0.895)
    /// Others that push at each pull.
    private static let pushes = 5
    /// The longest step in a direction, before it is multiplied by the rate.
    private static let longestStep = SIMD2<Float>(repeating: 4)

    /// The layout before the first epoch: the given points within ±10, and moved a little, so that equal ones can part.
    ///
    /// - Precondition: the graph is complete, and there is a point for each of its ids.
    public init(_ graph: NeighborGraph, from start: [SIMD2<Float>], seed: UInt64) {
        precondition(graph.isComplete && start.count == graph.count, "\(start.count) points of \(graph.count)")
        epochs = Self.epochs(for: start.count)
        edges = FuzzyGraph(graph)
        edges.drop(under: (edges.weights.max() ?? 0) / Float(epochs))
        let strongest = edges.weights.max() ?? 0
        periods = edges.weights.map { strongest / $0 }
        due = periods
        var generator = SplitMix64(seed: seed)
        let largest = start.reduce(Float(0)) { max($0, abs($1.x), abs($1.y)) }
        points = start.map { point in
            let noise = SIMD2(Float(generator.uniform()), Float(generator.uniform())) - 0.5
            return (largest > 0 ? point * (10 / largest) : .zero) + 1e-3 * noise
        }
        self.generator = generator
    }

    /// The passes for so many vectors.
    package static func epochs(for count: Int) -> Int { min(max(5_000_000 / max(count, 1), 200), 500) }

    /// Whether all epochs are done.
    public var isComplete: Bool { epoch >= epochs }

    /// One pass: each edge whose turn it is pulls its ends together, and pushes the first away from a few others.
    ///
    /// Cost: about a second for 10 million edges of which one in five has its turn, on the caller's thread.
    public mutating func addEpoch() {
        let rate = 1 - Float(epoch) / Float(epochs)
        epoch += 1
        let now = Float(epoch), count = points.count
        for edge in periods.indices where due[edge] <= now {
            due[edge] += periods[edge]
            let (head, tail) = (Int(edges.heads[edge]), Int(edges.tails[edge]))
            var point = points[head]
            let step = rate * Self.pull(point - points[tail])
            point += step
            points[tail] -= step
            for _ in 0..<Self.pushes {
                let other = generator.below(count)
                if other != head { point += rate * Self.push(point - points[other]) }
            }
            points[head] = point
        }
    }

    /// The step of a point towards another from which it is seen at `difference`.
    @inline(__always) private static func pull(_ difference: SIMD2<Float>) -> SIMD2<Float> {
        let square = (difference * difference).sum()
        guard square > 0 else { return .zero }
        let power = pow(square, b)
        return clipped(difference * (-2 * a * b * power / (square * (1 + a * power))))
    }

    /// The step of a point away from another from which it is seen at `difference`.
    @inline(__always) private static func push(_ difference: SIMD2<Float>) -> SIMD2<Float> {
        let square = (difference * difference).sum()
        return clipped(difference * (2 * b / ((0.001 + square) * (1 + a * pow(square, b)))))
    }

    @inline(__always) private static func clipped(_ step: SIMD2<Float>) -> SIMD2<Float> {
        step.clamped(lowerBound: -longestStep, upperBound: longestStep)
    }
}
