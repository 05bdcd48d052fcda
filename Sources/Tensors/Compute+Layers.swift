import CKernels

/// What happens to a linear layer's result on its way to memory.
public enum Epilogue {
    /// y = x·Wᵀ + b
    case store
    /// y = gelu(x·Wᵀ + b), exact-erf
    case gelu
    /// y += gamma ⊙ (x·Wᵀ + b); gamma is LayerScale, 1 when absent
    case add(gamma: Parameter?)
}

/// The layers on whole rows. Each call runs on the calling thread; loops over rows belong to `Compute.forEach`.
extension Compute {
    /// y (M, N) from x (M, K) and W (N, K). Cost: 2·M·N·K operations.
    public func linear(_ x: MatrixRows, _ layer: PackedLinear, into y: MatrixRows, _ epilogue: Epilogue = .store) {
        precondition(x.columns == layer.inputs && y.columns == layer.outputs, "widths of a linear layer")
        precondition(x.count == y.count, "\(x.count) rows in, \(y.count) rows out")
        var output = dk_output(kind: DK_STORE, bias: layer.bias?.start, gamma: nil)
        switch epilogue {
        case .store: break
        case .gelu: output.kind = DK_GELU
        case .add(let gamma):
            precondition(gamma == nil || gamma?.count == layer.outputs, "width of LayerScale")
            output.kind = DK_ADD
            output.gamma = gamma?.start
        }
        let kernels = products(layer.precision)
        let panels = (layer.outputs + kernels.pointee.panel - 1) / kernels.pointee.panel
        let gemm = layer.precision == .int8 ? byteProducts?.pointee.gemm : kernels.pointee.gemm
        guard let gemm else { preconditionFailure("no products of bytes on this processor") }
        gemm(
            x.start, x.stride, x.count, layer.packed.start, layer.outputs, layer.inputs, 0, panels,
            output, y.start, y.stride)
    }

    /// y = (x - mean) / √(variance + epsilon) ⊙ weight + bias, row by row, for x and y (M, D).
    public func layerNorm(_ x: MatrixRows, _ norm: LayerNorm, into y: MatrixRows) {
        let width = x.columns
        precondition(norm.weight.count == width && norm.bias.count == width, "width of a layer norm")
        precondition(y.columns == width && x.count == y.count, "shapes of a layer norm")
        kernels.pointee.layer_norm(
            x.start, x.stride, x.count, width, norm.weight.start, norm.bias.start, norm.epsilon, y.start, y.stride)
    }

    /// y (M, N) = silu(x[:, ..<N]) ⊙ x[:, N...] for x (M, 2N): the gate of SwiGLU.
    public func swiGLU(_ x: MatrixRows, into y: MatrixRows) {
        precondition(x.columns == 2 * y.columns, "SwiGLU halves its input's width")
        precondition(x.count == y.count, "shapes of SwiGLU")
        kernels.pointee.swiglu(x.start, x.stride, x.count, y.columns, y.start, y.stride)
    }
}

/// The weights of a layer norm over D channels.
public struct LayerNorm: Sendable {
    let weight: Parameter
    let bias: Parameter
    let epsilon: Float

    /// Weight and bias (D) and the number added to the variance.
    public init(weight: Parameter, bias: Parameter, epsilon: Float) {
        self.weight = weight
        self.bias = bias
        self.epsilon = epsilon
    }
}
