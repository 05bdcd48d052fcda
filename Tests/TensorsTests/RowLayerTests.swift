import Tensors
import TestSupport
import Testing

@Suite struct RowLayerTests {
    @Test(arguments: instructionSets, [1, 3, 4, 15, 16, 17, 64, 100, 192, 385])
    func layerNormEqualsItsFormula(_ name: String, _ width: Int) throws {
        let compute = try Compute(threads: 1, instructionSet: name)
        let x = Tensor.random([5, width], seed: 1, in: 3...5)
        let weight = Tensor.random([width], seed: 2).scalars, bias = Tensor.random([width], seed: 3).scalars
        let y = Matrix(columns: width)
        y.resize(rows: 5)
        compute.layerNorm(
            Matrix(x).allRows,
            LayerNorm(weight: Parameter(weight), bias: Parameter(bias), epsilon: 1e-6), into: y.allRows)
        let expected = Exact.layerNorm(x, weight: weight, bias: bias, epsilon: 1e-6)
        #expect(largestDifference(y.tensor, expected) < 1e-5)
    }

    @Test(arguments: instructionSets)
    func aConstantRowNormalisesToTheBias(_ name: String) throws {
        let compute = try Compute(threads: 1, instructionSet: name)
        let x = Matrix(Tensor(shape: [1, 20], scalars: [Float](repeating: 7, count: 20)))
        let bias = Tensor.random([20], seed: 4).scalars
        let norm = LayerNorm(
            weight: Parameter([Float](repeating: 2, count: 20)), bias: Parameter(bias), epsilon: 1e-6)
        compute.layerNorm(x.allRows, norm, into: x.allRows)
        #expect(x.tensor.scalars == bias)
    }

    @Test(arguments: instructionSets, [1, 5, 16, 23, 88])
    func swiGLUEqualsItsFormula(_ name: String, _ width: Int) throws {
        let compute = try Compute(threads: 1, instructionSet: name)
        let x = Tensor.random([4, 2 * width], seed: 5, in: -20...20)
        let y = Matrix(columns: width)
        y.resize(rows: 4)
        compute.swiGLU(Matrix(x).allRows, into: y.allRows)
        for row in 0..<4 {
            for column in 0..<width {
                let gate = x.scalars[row * 2 * width + column], value = x.scalars[row * 2 * width + width + column]
                let expected = Exact.silu(gate) * value
                #expect(abs(y.tensor.scalars[row * width + column] - expected) <= 1e-6 * max(1, abs(expected)))
            }
        }
    }
}
