import Foundation

/// The fuzzy graph of neighbours of UMAP (McInnes, Healy and Melville, arXiv:1802.03426, section 3.1): how much each pair
/// of vectors belongs together, from 0 to 1.
struct FuzzyGraph: Sendable {
    /// The ends of the edges by places; each edge is there once in each direction, in the order of its heads.
    private(set) var heads = [Int32](), tails = [Int32]()
    /// How much the two ends belong together.
    private(set) var weights = [Float]()

    /// The union of what each vector says of its neighbours: a + b - a·b where both name each other.
    init(_ graph: NeighborGraph) {
        let directed = Self.memberships(graph)
        var undirected = [(low: Int32, high: Int32, weight: Float)]()
        undirected.reserveCapacity(directed.count)
        for head in 0..<graph.count {
            for edge in graph.offsets[head]..<graph.offsets[head + 1] {
                let tail = Int(graph.places[edge])
                let back = (graph.offsets[tail]..<graph.offsets[tail + 1]).first { graph.places[$0] == Int32(head) }
                // The pair is made by its lower end.
                if back != nil, tail < head { continue }
                let (a, b) = (directed[edge], back.map { directed[$0] } ?? 0)
                undirected.append((Int32(min(head, tail)), Int32(max(head, tail)), a + b - a * b))
            }
        }
        sort(undirected, count: graph.count)
    }

    /// Drops the edges whose weight is less than this.
    mutating func drop(under least: Float) {
        let kept = weights.indices.filter { weights[$0] >= least }
        (heads, tails, weights) = (kept.map { heads[$0] }, kept.map { tails[$0] }, kept.map { weights[$0] })
    }

    /// Puts each edge in its two places by counting.
    private mutating func sort(_ edges: [(low: Int32, high: Int32, weight: Float)], count: Int) {
        var places = [Int](repeating: 0, count: count + 1)
        for edge in edges {
            places[Int(edge.low) + 1] += 1
            places[Int(edge.high) + 1] += 1
        }
        for index in 0..<count { places[index + 1] += places[index] }
        heads = [Int32](repeating: 0, count: 2 * edges.count)
        (tails, weights) = (heads, [Float](repeating: 0, count: 2 * edges.count))
        for edge in edges {
            for (head, tail) in [(edge.low, edge.high), (edge.high, edge.low)] {
                let place = places[Int(head)]
                places[Int(head)] += 1
                (heads[place], tails[place], weights[place]) = (head, tail, edge.weight)
            }
        }
    }

    /// How much each vector takes its neighbours for its own: 1 for the nearest, falling with the distance beyond it so that
    /// they sum to log₂ of their number.
    private static func memberships(_ graph: NeighborGraph) -> [Float] {
        let mean = graph.distances.reduce(0) { $0 + Double($1) } / Double(max(graph.distances.count, 1))
        var memberships = [Float]()
        memberships.reserveCapacity(graph.distances.count)
        for head in 0..<graph.count {
            let distances = graph.distances[graph.offsets[head]..<graph.offsets[head + 1]]
            let nearest = Double(distances.first { $0 > 0 } ?? 0)
            let beyond = distances.map { max(Double($0) - nearest, 0) }
            // As in umap-learn, so that neighbours at one distance do not make it zero.
            let own = distances.reduce(0) { $0 + Double($1) } / Double(max(distances.count, 1))
            let width = max(width(of: beyond), 1e-3 * (nearest > 0 ? own : mean))
            memberships += beyond.map { width > 0 ? Float(exp(-$0 / width)) : $0 > 0 ? 0 : 1 }
        }
        return memberships
    }

    /// The width with which the memberships sum to log₂ of their number, by bisection.
    private static func width(of beyond: [Double]) -> Double {
        let target = log2(Double(max(beyond.count, 1)))
        var (low, high, width) = (0.0, Double.infinity, 1.0)
        for _ in 0..<64 {
            let sum = beyond.reduce(0) { $0 + exp(-$1 / width) }
            if abs(sum - target) < 1e-5 { break }
            if sum > target { high = width } else { low = width }
            width = high.isFinite ? (low + high) / 2 : 2 * width
        }
        return width
    }
}
