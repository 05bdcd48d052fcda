import Tensors
import TestSupport
import Testing

/// Eigenvectors held to their definition: A v = λ v, orthonormal, in order.
@Suite struct SymmetricEigenvectorsTests {
    @Test(arguments: [1, 2, 7, 64])
    func diagonalisesTheMatrix(order: Int) throws {
        let matrix = symmetric(order: order, seed: 3)
        let all = try SymmetricEigenvectors.of(matrix, order: order, .largest(order))
        #expect(all.values == all.values.sorted(by: >))
        for i in 0..<order {
            let v = all.vectors[i * order..<(i + 1) * order].map(\.self)
            for row in 0..<order {
                let product = (0..<order).reduce(0) { $0 + matrix[row * order + $1] * v[$1] }
                #expect(abs(product - all.values[i] * v[row]) < 1e-10)
            }
            for j in 0...i {
                let dot = (0..<order).reduce(0) { $0 + v[$1] * all.vectors[j * order + $1] }
                #expect(abs(dot - (i == j ? 1 : 0)) < 1e-12)
            }
        }
    }

    @Test func takesEitherEndOfTheSpectrum() throws {
        let matrix = symmetric(order: 20, seed: 4)
        let all = try SymmetricEigenvectors.of(matrix, order: 20, .largest(20))
        let top = try SymmetricEigenvectors.of(matrix, order: 20, .largest(3))
        let bottom = try SymmetricEigenvectors.of(matrix, order: 20, .smallest(3))
        for i in 0..<3 {
            #expect(abs(top.values[i] - all.values[i]) < 1e-12)
            #expect(abs(bottom.values[i] - all.values[19 - i]) < 1e-12)
            for column in 0..<20 {
                #expect(abs(top.vectors[i * 20 + column] - all.vectors[i * 20 + column]) < 1e-9)
                #expect(abs(bottom.vectors[i * 20 + column] - all.vectors[(19 - i) * 20 + column]) < 1e-9)
            }
        }
    }

    @Test func theLargestEntryOfEachVectorIsPositive() throws {
        let found = try SymmetricEigenvectors.of(symmetric(order: 30, seed: 5), order: 30, .smallest(30))
        for i in 0..<30 {
            let v = found.vectors[i * 30..<(i + 1) * 30]
            #expect(v.max() == v.map { abs($0) }.max())
        }
    }

    @Test func readsTheUpperTriangleOnly() throws {
        var matrix = symmetric(order: 5, seed: 6)
        let before = try SymmetricEigenvectors.of(matrix, order: 5, .largest(5))
        for row in 0..<5 { for column in 0..<row { matrix[row * 5 + column] = 99 } }
        #expect(try SymmetricEigenvectors.of(matrix, order: 5, .largest(5)) == before)
    }

    @Test func refusesWhatIsNotFinite() {
        #expect(throws: EigenError.notFinite) {
            try SymmetricEigenvectors.of([1, .nan, .nan, 1], order: 2, .largest(1))
        }
    }

    private func symmetric(order: Int, seed: UInt64) -> [Double] {
        var generator = SeededGenerator(seed: seed)
        var matrix = [Double](repeating: 0, count: order * order)
        for row in 0..<order {
            for column in row..<order {
                let value = Double.random(in: -1...1, using: &generator)
                matrix[row * order + column] = value
                matrix[column * order + row] = value
            }
        }
        return matrix
    }
}
