import Tensors
import TestSupport
import Testing

@Suite struct LinearTests {
    /// Shapes with rests in every direction: one row, one column, just under and over a tile and a panel.
    static let shapes = [
        (1, 1, 1), (1, 384, 384), (2, 3, 5), (6, 16, 7), (7, 17, 8), (13, 31, 9), (14, 32, 16), (15, 33, 17),
        (29, 65, 48), (112, 96, 33), (197, 100, 64), (300, 8, 1600),
    ]

    private func layer(_ weight: Tensor, _ bias: [Float]?, on compute: Compute) -> PackedLinear {
        PackedLinear(
            outputs: weight.shape[0], inputs: weight.shape[1], bias: bias.map { Parameter($0) }, on: compute
        ) { buffer in
            for (index, value) in weight.scalars.enumerated() { buffer[index] = value }
        }
    }

    @Test(arguments: instructionSets, shapes)
    func equalsItsFormulaAtAwkwardSizes(_ name: String, _ shape: (Int, Int, Int)) throws {
        let (m, n, k) = shape
        let compute = try Compute(threads: 2, instructionSet: name)
        let x = Tensor.random([m, k], seed: 1), w = Tensor.random([n, k], seed: 2)
        let bias = Tensor.random([n], seed: 3).scalars
        let y = Matrix(columns: n)
        y.resize(rows: m)
        compute.linear(Matrix(x).allRows, layer(w, bias, on: compute), into: y.allRows)
        let expected = Exact.linear(x, weight: w, bias: bias)
        #expect(largestDifference(y.tensor, expected) < 2e-6 * Float(k).squareRoot() + 1e-6)
    }

    @Test(arguments: instructionSets)
    func geluFollowsTheProduct(_ name: String) throws {
        let compute = try Compute(threads: 1, instructionSet: name)
        let x = Tensor.random([9, 12], seed: 4), w = Tensor.random([35, 12], seed: 5)
        let y = Matrix(columns: 35)
        y.resize(rows: 9)
        compute.linear(Matrix(x).allRows, layer(w, nil, on: compute), into: y.allRows, .gelu)
        var expected = Exact.linear(x, weight: w, bias: nil)
        for i in expected.scalars.indices { expected.scalars[i] = Exact.gelu(expected.scalars[i]) }
        #expect(largestDifference(y.tensor, expected) < 2e-6)
    }

    @Test(arguments: instructionSets, [false, true])
    func theResidualIsAddedScaled(_ name: String, _ scaled: Bool) throws {
        let compute = try Compute(threads: 1, instructionSet: name)
        let x = Tensor.random([17, 20], seed: 6), w = Tensor.random([37, 20], seed: 7)
        let bias = Tensor.random([37], seed: 8).scalars, gamma = Tensor.random([37], seed: 9).scalars
        let old = Tensor.random([17, 37], seed: 10)
        let y = Matrix(old)
        compute.linear(
            Matrix(x).allRows, layer(w, bias, on: compute), into: y.allRows,
            .add(gamma: scaled ? Parameter(gamma) : nil))
        var expected = Exact.linear(x, weight: w, bias: bias)
        for i in expected.scalars.indices {
            expected.scalars[i] = old.scalars[i] + (scaled ? gamma[i % 37] : 1) * expected.scalars[i]
        }
        #expect(largestDifference(y.tensor, expected) < 5e-6)
    }

    @Test(arguments: instructionSets)
    func onlyTheNamedRowsAreWritten(_ name: String) throws {
        let compute = try Compute(threads: 1, instructionSet: name)
        let y = Matrix(Tensor(zeros: [10, 40]))
        let ones = Tensor(shape: [40, 3], scalars: [Float](repeating: 1, count: 120))
        let x = Matrix(Tensor(shape: [4, 3], scalars: [Float](repeating: 1, count: 12)))
        compute.linear(x.allRows, layer(ones, nil, on: compute), into: y.rows(3..<7))
        for row in 0..<10 {
            #expect(y.copy(rows: [row]) == [Float](repeating: (3..<7).contains(row) ? 3 : 0, count: 40))
        }
    }

    @Test(arguments: instructionSets)
    func geluIsExactToARoundingOverTheWholeLine(_ name: String) throws {
        let compute = try Compute(threads: 1, instructionSet: name)
        let values = (-1200...1200).map { Float($0) / 100 } + [-1e4, 1e4, -87.5, 0, -0.0, 1e-30, -1e-30]
        let identity = Tensor(shape: [1, 1], scalars: [1])
        let y = Matrix(columns: 1)
        y.resize(rows: values.count)
        compute.linear(
            Matrix(Tensor(shape: [values.count, 1], scalars: values)).allRows, layer(identity, nil, on: compute),
            into: y.allRows, .gelu)
        for (value, result) in zip(values, y.tensor.scalars) {
            #expect(abs(result - Exact.gelu(value)) <= 1.5e-7 * abs(value), "gelu(\(value)) = \(result)")
        }
    }

    /// Between two products that round, GELU need not be exact; what is far from 0 comes out as itself or as 0.
    @Test(.enabled(if: InstructionSet.all.contains { $0.rounds }, "this processor has no bfloat16"))
    func geluAfterARoundedProductIsNear() throws {
        let compute = try Compute(threads: 1, instructionSet: "avx512bf16")
        let values = (-128...128).map { Float($0) / 16 }  // in bfloat16 without rounding
        let y = Matrix(columns: 1)
        y.resize(rows: values.count)
        let identity = layer(Tensor(shape: [1, 1], scalars: [1]), nil, on: compute)
        compute.linear(
            Matrix(Tensor(shape: [values.count, 1], scalars: values)).allRows, identity, into: y.allRows, .gelu)
        for (value, result) in zip(values, y.tensor.scalars) {
            #expect(abs(result - Exact.gelu(value)) <= 2e-4, "gelu(\(value)) = \(result)")
            if abs(value) >= 4 { #expect(result == max(value, 0)) }
        }
    }

    @Test func notANumberStaysVisible() throws {
        for name in instructionSets {
            let compute = try Compute(threads: 1, instructionSet: name)
            let y = Matrix(columns: 1)
            y.resize(rows: 1)
            let identity = layer(Tensor(shape: [1, 1], scalars: [1]), nil, on: compute)
            let nan = Matrix(Tensor(shape: [1, 1], scalars: [.nan]))
            compute.linear(nan.allRows, identity, into: y.allRows, .gelu)
            #expect(y.tensor.scalars[0].isNaN)
        }
    }
}
