import FeatureSearch
import Foundation
import TestSupport
import Testing

@Suite struct PrincipalPlaneTests {
    private func plane(of vectors: [[Float]]) throws -> PrincipalPlane {
        var sums = PrincipalPlane.Sums(dimensions: vectors.first?.count ?? 3)
        for vector in vectors { sums.add(vector.span) }
        return try sums.plane()
    }

    /// The covariance by its definition, and by power iteration its largest eigenvalue and the vector to it; taken away, the
    /// next.
    private func components(of vectors: [[Float]]) -> [(share: Double, direction: [Double])] {
        let width = vectors[0].count, count = Double(vectors.count)
        let mean = (0..<width).map { column in vectors.reduce(0) { $0 + Double($1[column]) } / count }
        var covariance = (0..<width).map { row in
            (0..<width).map { column in
                vectors.reduce(0) { $0 + (Double($1[row]) - mean[row]) * (Double($1[column]) - mean[column]) }
            }
        }
        let total = (0..<width).reduce(0) { $0 + covariance[$1][$1] }
        return (0..<2).map { _ in
            var direction = (0..<width).map { 1 + 0.1 * Double($0) }
            var value = 0.0
            for _ in 0..<5000 {
                let next = covariance.map { zip($0, direction).reduce(0) { $0 + $1.0 * $1.1 } }
                value = next.reduce(0) { $0 + $1 * $1 }.squareRoot()
                direction = next.map { $0 / value }
            }
            if let largest = direction.max(by: { abs($0) < abs($1) }), largest < 0 { direction = direction.map { -$0 } }
            for row in 0..<width {
                for column in 0..<width { covariance[row][column] -= value * direction[row] * direction[column] }
            }
            return (value / total, direction)
        }
    }

    @Test(arguments: [(700, 12), (5, 4), (40, 3)])
    func isWhatTheCovarianceSays(_ count: Int, _ width: Int) throws {
        var generator = SeededGenerator(seed: 3)
        let vectors = (0..<count).map { _ in
            unit((0..<width).map { Double.random(in: -1...1, using: &generator) * Double(width - $0) + 2 })
        }
        let plane = try plane(of: vectors), components = components(of: vectors)
        let mean = (0..<width).map { column in vectors.reduce(0) { $0 + Double($1[column]) } / Double(count) }
        for (component, expected) in components.enumerated() {
            #expect(abs(plane.explained[component] - expected.share) < 1e-9)
            for vector in vectors.prefix(50) {
                let product = zip(zip(vector, mean), expected.direction).reduce(0) {
                    $0 + (Double($1.0.0) - $1.0.1) * $1.1
                }
                #expect(abs(Double(plane.point(of: vector.span)[component]) - product) < 1e-6)
            }
        }
    }

    @Test(arguments: [1, 2, 9])
    func putsEqualVectorsInThePlaneOfNoVariance(_ count: Int) throws {
        let vector = unit([0.3, -0.4, 0.2, 0.7])
        let plane = try plane(of: Array(repeating: vector, count: count))
        #expect(plane.explained == .zero)
        #expect(plane.point(of: vector.span) == .zero)
    }

    @Test func hasALineOfTwoVectors() throws {
        let vectors = [unit([1, 0, 0]), unit([0, 1, 0])]
        let plane = try plane(of: vectors)
        #expect(abs(plane.explained.x - 1) < 1e-12 && plane.explained.y < 1e-12)
        let points = vectors.map { plane.point(of: $0.span) }
        #expect(abs(abs(points[0].x - points[1].x) - Float(2).squareRoot()) < 1e-6)
        #expect(abs(points[0].y) < 1e-6 && abs(points[1].y) < 1e-6)
    }

    @Test func hasAPlaneOfNothingAndOfOneDimension() throws {
        #expect(try plane(of: []).explained == .zero)
        let line = try plane(of: [[1], [-1]])
        #expect(line.explained == SIMD2(1, 0))
        #expect(line.point(of: [1].span) == SIMD2(1, 0))
    }
}
