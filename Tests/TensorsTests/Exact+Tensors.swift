import Tensors
import TestSupport

extension Rows {
    /// A copy of a tensor (M, N).
    init(_ tensor: Tensor) { self.init(tensor.shape[0], tensor.shape[1], tensor.scalars.map(Double.init)) }

    /// One row of floats.
    init(_ values: [Float]) { self.init(1, values.count, values.map(Double.init)) }

    var tensor: Tensor { Tensor(shape: [count, columns], scalars: floats) }
}

/// The formulas on tensors.
extension Exact {
    static func linear(_ x: Tensor, weight: Tensor, bias: [Float]?) -> Tensor {
        linear(Rows(x), Rows(weight), bias.map { Rows($0) }).tensor
    }

    static func gelu(_ x: Float) -> Float { Float(gelu(Double(x))) }

    static func silu(_ x: Float) -> Float { Float(silu(Double(x))) }

    static func layerNorm(_ x: Tensor, weight: [Float], bias: [Float], epsilon: Double) -> Tensor {
        layerNorm(Rows(x), weight: Rows(weight), bias: Rows(bias), epsilon: epsilon).tensor
    }

    /// The probabilities (N, N) and the result (N, width) of one head.
    static func attention(q: Tensor, k: Tensor, v: Tensor) -> (probabilities: Tensor, out: Tensor) {
        let n = q.shape[0], rows = probabilities(Rows(q), Rows(k), n)
        let out = attention(q: Rows(q), k: Rows(k), v: Rows(v), queries: n)
        return (Rows(n, n, rows.flatMap { $0 }).tensor, out.tensor)
    }
}
