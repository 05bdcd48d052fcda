import Foundation
import Tensors
import TestSupport
import Testing

/// Linear layers in 8 bits, by every instruction set that has them.
@Suite struct ByteLinearTests {
    private static let sets = instructionSets.filter {
        (try? Compute(threads: 1, instructionSet: $0).supports(.int8)) == true
    }

    private func layer(_ weight: Tensor, _ bias: [Float]? = nil, on compute: Compute) -> PackedLinear {
        PackedLinear(
            outputs: weight.shape[0], inputs: weight.shape[1], bias: bias.map { Parameter($0) }, precision: .int8,
            on: compute
        ) { buffer in
            for (index, value) in weight.scalars.enumerated() { buffer[index] = value }
        }
    }

    private func product(
        _ x: Tensor, _ layer: PackedLinear, on compute: Compute, _ epilogue: Epilogue = .store, old: Tensor? = nil
    ) -> Tensor {
        let y = old.map { Matrix($0) } ?? Matrix(columns: layer.outputs)
        y.resize(rows: x.shape[0])
        compute.linear(Matrix(x).allRows, layer, into: y.allRows, epilogue)
        return y.tensor
    }

    /// Whole numbers that both sides hold exactly: each row of x from 0 to 255, each row of w up to ±127.
    private func wholeNumbers(_ count: Int, _ width: Int, seed: UInt64, in range: ClosedRange<Int>) -> Tensor {
        var generator = SeededGenerator(seed: seed)
        var scalars = (0..<count * width).map { _ in Float(Int.random(in: range, using: &generator)) }
        for row in 0..<count { scalars[row * width + Int(seed) % width] = Float(range.upperBound) }
        return Tensor(shape: [count, width], scalars: scalars)
    }

    @Test(arguments: sets, LinearTests.shapes + [(1, 1, 2), (3, 33, 63), (15, 40, 65), (40, 70, 3100), (2, 2, 18_432)])
    func wholeNumbersOfEightBitsAreMultipliedExactly(_ name: String, _ shape: (Int, Int, Int)) throws {
        let (m, n, k) = shape
        let compute = try Compute(threads: 2, instructionSet: name)
        let x = wholeNumbers(m, k, seed: 1, in: 0...255), w = wholeNumbers(n, k, seed: 2, in: -127...127)
        let y = product(x, layer(w, on: compute), on: compute)
        for row in 0..<m {
            for column in 0..<n {
                let exact = (0..<k).reduce(0.0) {
                    $0 + Double(x.scalars[row * k + $1]) * Double(w.scalars[column * k + $1])
                }
                let found = Double(y.scalars[row * n + column])
                #expect(abs(found - exact) <= 3e-7 * abs(exact), "row \(row), column \(column)")
            }
        }
    }

    /// What rounding can cost: half a step of one side times the other, summed.
    @Test(arguments: sets, LinearTests.shapes)
    func theErrorIsWithinTheRoundingsOfBothSides(_ name: String, _ shape: (Int, Int, Int)) throws {
        let (m, n, k) = shape
        let compute = try Compute(threads: 2, instructionSet: name)
        let x = Tensor.random([m, k], seed: 3, in: -0.3...2), w = Tensor.random([n, k], seed: 4)
        let bias = Tensor.random([n], seed: 5).scalars
        let y = product(x, layer(w, bias, on: compute), on: compute), exact = Exact.linear(x, weight: w, bias: bias)
        for row in 0..<m {
            let left = Array(x.scalars[row * k..<(row + 1) * k])
            let step = (max(left.max() ?? 0, 0) - min(left.min() ?? 0, 0)) / 255
            for column in 0..<n {
                let right = Array(w.scalars[column * k..<(column + 1) * k])
                let peak = right.map(abs).max() ?? 0
                let sums = (left.reduce(0) { $0 + abs($1) }, right.reduce(0) { $0 + abs($1) })
                // A row's zero is rounded as well, so at its ends a number may be a whole step off.
                let bound = step * sums.1 + peak / 254 * sums.0 + Float(k) * step * peak / 254 + 1e-5
                #expect(abs(y.scalars[row * n + column] - exact.scalars[row * n + column]) <= bound)
            }
        }
    }

    @Test(arguments: sets)
    func resultsFollowTheirEpilogue(_ name: String) throws {
        let compute = try Compute(threads: 1, instructionSet: name)
        let x = wholeNumbers(17, 20, seed: 6, in: 0...255), w = wholeNumbers(37, 20, seed: 7, in: -127...127)
        let plain = product(x, layer(w, on: compute), on: compute)
        let gamma = Tensor.random([37], seed: 8, in: 0...1e-4).scalars, old = Tensor.random([17, 37], seed: 9)
        let added = product(x, layer(w, on: compute), on: compute, .add(gamma: Parameter(gamma)), old: old)
        let gelu = product(x, layer(w, on: compute), on: compute, .gelu)
        for i in plain.scalars.indices {
            let value = plain.scalars[i]
            #expect(abs(added.scalars[i] - (old.scalars[i] + gamma[i % 37] * value)) <= 1e-5)
            #expect(abs(gelu.scalars[i] - Exact.gelu(value)) <= 2.5e-4 + 1e-6 * abs(value))
        }
    }

    @Test(arguments: sets)
    func zerosStayZeros(_ name: String) throws {
        let compute = try Compute(threads: 1, instructionSet: name)
        let zeros = Tensor(zeros: [5, 70]), w = Tensor.random([40, 70], seed: 10)
        #expect(product(zeros, layer(w, on: compute), on: compute).scalars.allSatisfy { $0 == 0 })
        let x = Tensor.random([5, 70], seed: 11)
        #expect(product(x, layer(Tensor(zeros: [40, 70]), on: compute), on: compute).scalars.allSatisfy { $0 == 0 })
    }

    @Test(arguments: sets, [Float.nan, .infinity, -.infinity])
    func whatIsNotFiniteSpoilsItsRowAndNoOther(_ name: String, _ value: Float) throws {
        let compute = try Compute(threads: 1, instructionSet: name)
        var x = Tensor.random([20, 70], seed: 12)
        x.scalars[3 * 70 + 69] = value
        let y = product(x, layer(Tensor.random([40, 70], seed: 13), on: compute), on: compute)
        for row in 0..<20 {
            #expect(y.scalars[row * 40..<(row + 1) * 40].allSatisfy { $0.isNaN == (row == 3) })
        }
        var w = Tensor.random([40, 70], seed: 13)
        w.scalars[7 * 70] = value
        let z = product(Tensor.random([20, 70], seed: 12), layer(w, on: compute), on: compute)
        for (index, number) in z.scalars.enumerated() { #expect(number.isNaN == (index % 40 == 7)) }
    }

    @Test(arguments: sets)
    func aRowDoesNotDependOnItsNeighbours(_ name: String) throws {
        let compute = try Compute(threads: 1, instructionSet: name)
        let x = Tensor.random([30, 100], seed: 14), linear = layer(Tensor.random([50, 100], seed: 15), on: compute)
        let together = product(x, linear, on: compute)
        for row in [0, 13, 29] {
            let alone = Tensor(shape: [1, 100], scalars: Array(x.scalars[row * 100..<(row + 1) * 100]))
            #expect(
                product(alone, linear, on: compute).scalars == Array(together.scalars[row * 50..<(row + 1) * 50]))
        }
    }

    @Test(arguments: sets)
    func moreInputsThanBytesAreSummedOverAreTakenInTheNextPrecision(_ name: String) throws {
        let compute = try Compute(threads: 1, instructionSet: name)
        #expect(layer(Tensor(zeros: [1, 18_433]), on: compute).precision == compute.besideInt8)
        #expect(layer(Tensor(zeros: [1, 18_432]), on: compute).precision == .int8)
    }

    /// Bytes are summed exactly, and what surrounds the sums is computed in one order everywhere.
    @Test(
        .enabled(if: sets.count > 1, "this processor has one product of bytes at most"), arguments: LinearTests.shapes)
    func everyInstructionSetGivesTheSameBits(_ shape: (Int, Int, Int)) throws {
        let (m, n, k) = shape
        let x = Tensor.random([m, k], seed: 16, in: -3...2), w = Tensor.random([n, k], seed: 17)
        let results = try Self.sets.map { name in
            let compute = try Compute(threads: 1, instructionSet: name)
            return product(x, layer(w, on: compute), on: compute, .gelu)
        }
        #expect(results.allSatisfy { $0 == results[0] })
    }
}
