import FeatureSearch
import Foundation
import Tensors
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(2))) struct NeighborLayoutTests {
    private let compute: Compute
    init() throws { compute = try Compute(threads: 2) }

    private func graph(of vectors: [[Float]], neighbors: Int = 15) throws -> NeighborGraph {
        let source = Vectors(), index = VectorIndex(dimensions: vectors.first?.count ?? 3, compute: compute)
        for (place, vector) in vectors.enumerated() {
            try index.insert(Int64(3 * place + 1), Vectors.Row(label: 0, vector: vector), with: source)
        }
        var graph = NeighborGraph(ids: index.contents.ids, neighbors: neighbors)
        while !graph.isComplete { try graph.addBatch(in: index, source: source) }
        return graph
    }

    private func points(of vectors: [[Float]], seed: UInt64 = 1) throws -> [SIMD2<Float>] {
        var sums = PrincipalPlane.Sums(dimensions: vectors.first?.count ?? 3)
        for vector in vectors { sums.add(vector.span) }
        let plane = try sums.plane()
        var layout = NeighborLayout(
            try graph(of: vectors), from: vectors.map { plane.point(of: $0.span) }, seed: seed)
        while !layout.isComplete { layout.addEpoch() }
        return layout.points
    }

    /// Clusters of vectors in 64 dimensions, one after the other.
    private func clusters(_ count: Int, of size: Int, noise: Double = 0.5) -> [[Float]] {
        var generator = SeededGenerator(seed: 8)
        func gaussian() -> Double {
            let radius = (-2 * log(Double.random(in: 1e-12..<1, using: &generator))).squareRoot()
            return radius * cos(2 * .pi * Double.random(in: 0..<1, using: &generator))
        }
        let centers = (0..<count).map { _ in (0..<64).map { _ in gaussian() } }
        return centers.flatMap { center in (0..<size).map { _ in unit(center.map { $0 + noise * gaussian() }) } }
    }

    /// The share of the 10 nearest points of each that are of its own cluster.
    private func purity(_ points: [SIMD2<Float>], size: Int) -> Double {
        var own = 0
        for (place, point) in points.enumerated() {
            let nearest = points.indices.filter { $0 != place }.sorted {
                let (left, right) = (points[$0] - point, points[$1] - point)
                return (left * left).sum() < (right * right).sum()
            }
            own += nearest.prefix(10).count { $0 / size == place / size }
        }
        return Double(own) / Double(10 * points.count)
    }

    @Test func keepsClustersTogether() throws {
        #expect(try purity(points(of: clusters(12, of: 40)), size: 40) > 0.9)
    }

    @Test func givesTheSameBitsForTheSameSeed() throws {
        let vectors = clusters(3, of: 30)
        let points = try points(of: vectors)
        #expect(try points == self.points(of: vectors))
        #expect(try points != self.points(of: vectors, seed: 2))
    }

    @Test(arguments: [0, 1, 2, 3, 15, 16, 65])
    func laysOutAnyNumber(_ count: Int) throws {
        let points = try points(of: Array(clusters(1, of: 65).prefix(count)))
        #expect(points.count == count)
        #expect(points.allSatisfy { $0.x.isFinite && $0.y.isFinite })
        #expect(Set(points.map { "\($0)" }).count == count)
    }

    @Test(arguments: [2, 40]) func laysOutEqualVectors(_ count: Int) throws {
        let points = try points(of: Array(repeating: unit([1, 2, 3]), count: count))
        #expect(points.allSatisfy { $0.x.isFinite && $0.y.isFinite })
    }

    @Test func knowsTheNeighborsOfEach() throws {
        // On a circle, where the next are at both sides; one direction of the first is there twice.
        let angles = [0.0, 0.1, 0.25, 0.45, 0.7, 0.0]
        let graph = try graph(of: angles.map { unit([cos($0), sin($0), 0]) }, neighbors: 2)
        #expect(graph.isComplete && graph.count == 6)
        #expect(graph.neighborIDs(of: 0) == [16, 4])
        #expect(graph.neighborIDs(of: 1) == [1, 16])
        #expect(graph.neighborIDs(of: 4) == [10, 7])
        #expect(graph.neighborIDs(of: 5) == [1, 4])
    }

    @Test func leavesOutVectorsThatAreGone() throws {
        let source = Vectors(), index = VectorIndex(dimensions: 3, compute: compute)
        for id in 1...4 as ClosedRange<Int64> {
            try index.insert(
                id, Vectors.Row(label: 0, vector: unit([1, Double(id) / 10, 0])), with: source)
        }
        var graph = NeighborGraph(ids: [1, 2, 4], neighbors: 2)
        source[2] = nil
        try graph.addBatch(in: index, source: source)
        #expect((0..<3).map(graph.neighborIDs) == [[4], [], [1]])
        var layout = NeighborLayout(graph, from: [.zero, .zero, .zero], seed: 1)
        while !layout.isComplete { layout.addEpoch() }
        #expect(layout.points.allSatisfy { $0.x.isFinite && $0.y.isFinite })
    }

    @Test(arguments: [(100, 500), (10_000, 500), (20_000, 250), (25_000, 200), (100_000, 200)])
    func takesFewerEpochsOfMoreImages(_ count: Int, _ epochs: Int) {
        #expect(NeighborLayout.epochs(for: count) == epochs)
    }
}
