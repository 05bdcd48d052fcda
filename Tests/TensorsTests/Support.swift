import Tensors
import TestSupport
import Testing

extension Tensor {
    static func random(_ shape: [Int], seed: UInt64, in range: ClosedRange<Float> = -1...1) -> Tensor {
        var generator = SeededGenerator(seed: seed)
        return Tensor(
            shape: shape, scalars: (0..<shape.reduce(1, *)).map { _ in .random(in: range, using: &generator) })
    }
}

extension Matrix {
    /// A matrix holding a tensor (M, N).
    convenience init(_ tensor: Tensor) {
        self.init(columns: tensor.shape[1])
        resize(rows: tensor.shape[0])
        write(tensor, rows: 0..<tensor.shape[0], to: 0)
    }

    var tensor: Tensor { Tensor(shape: [rows, columns], scalars: copy(rows: 0..<rows)) }
}

extension Parameter {
    convenience init(_ values: [Float]) {
        self.init(count: values.count) { buffer in
            for (index, value) in values.enumerated() { buffer[index] = value }
        }
    }
}

/// The largest absolute difference of two tensors of one shape.
func largestDifference(_ a: Tensor, _ b: Tensor) -> Float {
    guard a.shape == b.shape else { return .infinity }
    return zip(a.scalars, b.scalars).map { ($0 - $1).isNaN ? .infinity : abs($0 - $1) }.max() ?? 0
}

/// An instruction set, and how exact its results are: the norm of the difference over the norm.
struct InstructionSet: Sendable, CustomTestStringConvertible {
    let name: String
    /// Whether products round their operands to bfloat16.
    var rounds = false
    /// Of products of operands that were rounded before, and of everything that is no product.
    let exactness = 5e-6
    /// Of attention, which rounds probabilities and their gradients on the way.
    var attention = 5e-6

    var testDescription: String { name }

    func compute(threads: Int = 1) throws -> Compute { try Compute(threads: threads, instructionSet: name) }

    /// What a product makes of an operand: itself, or its values to eight bits, halves to even.
    func operand(_ rows: Rows) -> Rows {
        guard rounds else { return rows }
        return Rows(
            rows.count, rows.columns,
            rows.floats.map { value in
                let bits = value.bitPattern
                return Double(Float(bitPattern: (bits + 0x7FFF + bits >> 16 & 1) & 0xFFFF_0000))
            })
    }

    /// Those this processor can be tested on.
    static let all = [
        InstructionSet(name: "avx512bf16", rounds: true, attention: 0.02), InstructionSet(name: "avx512"),
        InstructionSet(name: "avx2"), InstructionSet(name: "portable"),
    ].filter { (try? $0.compute()) != nil }
}

/// The names of the instruction sets whose products are those of floats.
let instructionSets: [String] = InstructionSet.all.filter { !$0.rounds }.map(\.name)

/// Lengths around those of registers and panels.
let awkwardSizes = [1, 15, 16, 17, 31, 33, 97]
