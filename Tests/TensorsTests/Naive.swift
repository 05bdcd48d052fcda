import Foundation
import Tensors

/// The layers as their formulas say, in double precision and without haste: what the fast kernels are compared with.
enum Naive {
    /// y (M, N) = x (M, K) · Wᵀ + b for W (N, K).
    static func linear(_ x: Tensor, weight: Tensor, bias: [Float]?) -> Tensor {
        let (m, k, n) = (x.shape[0], x.shape[1], weight.shape[0])
        var y = Tensor(zeros: [m, n])
        for i in 0..<m {
            for j in 0..<n {
                var sum = Double(bias?[j] ?? 0)
                for l in 0..<k { sum += Double(x.scalars[i * k + l]) * Double(weight.scalars[j * k + l]) }
                y.scalars[i * n + j] = Float(sum)
            }
        }
        return y
    }

    /// x·Φ(x), Φ the normal distribution's function: the exact-erf GELU.
    static func gelu(_ x: Float) -> Float {
        Float(0.5 * Double(x) * erfc(-Double(x) / 2.squareRoot()))
    }

    /// x·σ(x).
    static func silu(_ x: Float) -> Float { Float(Double(x) / (1 + exp(-Double(x)))) }

    /// (x - mean) / √(variance + epsilon) ⊙ weight + bias for each row of x (M, D).
    static func layerNorm(_ x: Tensor, weight: [Float], bias: [Float], epsilon: Double) -> Tensor {
        let (m, d) = (x.shape[0], x.shape[1])
        var y = Tensor(zeros: [m, d])
        for i in 0..<m {
            let row = x.scalars[i * d..<(i + 1) * d].map(Double.init)
            let mean = row.reduce(0, +) / Double(d)
            let variance = row.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(d)
            for j in 0..<d {
                y.scalars[i * d + j] = Float(
                    (row[j] - mean) / (variance + epsilon).squareRoot() * Double(weight[j]) + Double(bias[j]))
            }
        }
        return y
    }

    /// softmax(x) in place of a row.
    static func softmax(_ x: [Double]) -> [Double] {
        let peak = x.max() ?? 0
        let exponentials = x.map { exp($0 - peak) }
        let total = exponentials.reduce(0, +)
        return exponentials.map { $0 / total }
    }

    /// The probabilities (N, N) and the result (N, width) of one head of attention; q, k, v (N, width).
    static func attention(q: Tensor, k: Tensor, v: Tensor) -> (probabilities: Tensor, out: Tensor) {
        let (n, width) = (q.shape[0], q.shape[1])
        var probabilities = Tensor(zeros: [n, n])
        var out = Tensor(zeros: [n, width])
        for i in 0..<n {
            let scores = (0..<n).map { j in
                (0..<width).reduce(0.0) {
                    $0 + Double(q.scalars[i * width + $1]) * Double(k.scalars[j * width + $1])
                } / Double(width).squareRoot()
            }
            let row = softmax(scores)
            for j in 0..<n { probabilities.scalars[i * n + j] = Float(row[j]) }
            for c in 0..<width {
                out.scalars[i * width + c] = Float(
                    (0..<n).reduce(0.0) { $0 + row[$1] * Double(v.scalars[$1 * width + c]) })
            }
        }
        return (probabilities, out)
    }
}
