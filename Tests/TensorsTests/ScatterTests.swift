import Tensors
import TestSupport
import Testing

@Suite struct ScatterTests {
    @Test func addsTheProductsOfRows() {
        var generator = SeededGenerator(seed: 1)
        let rows = (0..<7 * 5).map { _ in Double.random(in: -1...1, using: &generator) }
        var scatter = [Double](repeating: 0, count: 25)
        // In two parts: what is there is added to.
        BLAS.addScatter(of: Array(rows[..<15]), columns: 5, to: &scatter)
        BLAS.addScatter(of: Array(rows[15...]), columns: 5, to: &scatter)
        BLAS.addScatter(of: [], columns: 5, to: &scatter)
        for i in 0..<5 {
            for j in i..<5 {
                let expected = (0..<7).reduce(0) { $0 + rows[$1 * 5 + i] * rows[$1 * 5 + j] }
                #expect(abs(scatter[i * 5 + j] - expected) < 1e-12)
            }
        }
    }
}
