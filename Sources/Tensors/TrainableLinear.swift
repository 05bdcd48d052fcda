import CKernels

/// A linear layer `y = x·Wᵀ + b` whose weights change: W (N, K) and b (N) lie in a `ParameterBlock`, and are packed for the
/// kernels anew after each change.
///
/// `@unchecked Sendable` because its packed memory is written only by `Compute.pack`, between two passes.
public final class TrainableLinear: @unchecked Sendable {
    let weight: MatrixRows
    let bias: MatrixRows?
    /// The arithmetic of its products.
    public let precision: Precision
    /// Panels of Wᵀ, for `y = x·Wᵀ`.
    let forward: AlignedMemory
    /// Panels of W, for `dx = dy·W`; nil where nobody asks for it.
    let backward: AlignedMemory?

    /// The width of a row of the result, `N`.
    public var outputs: Int { weight.count }
    /// The width of a row of the input, `K`.
    public var inputs: Int { weight.columns }

    /// A layer over weights (N, K) and a bias (1, N). Nothing is packed yet.
    ///
    /// - Parameter differentiable: whether input gradients will be asked for.
    public init(
        weight: MatrixRows, bias: MatrixRows?, differentiable: Bool, precision: Precision = .fp32, on compute: Compute
    ) {
        precondition(bias == nil || bias?.columns == weight.count, "bias of a linear layer")
        self.weight = weight
        self.bias = bias
        self.precision = precision
        forward = AlignedMemory(count: dk_packed_floats(compute.kernels, weight.count, weight.columns))
        backward =
            differentiable
            ? AlignedMemory(count: dk_packed_floats(compute.kernels, weight.columns, weight.count)) : nil
    }
}

extension Compute {
    private var panel: Int { kernels.pointee.panel }

    private func panels(_ columns: Int) -> Int { (columns + panel - 1) / panel }

    /// Brings the packed weights of some layers up to date. Cost: each weight is read twice and written twice.
    public func pack(_ layers: [TrainableLinear]) {
        let pieces = 8  // of a layer, so that one large layer does not keep one thread busy alone
        forEach(layers.count * pieces) { task, _ in
            let layer = layers[task / pieces], piece = task % pieces
            let weight = layer.weight, n = weight.count, k = weight.columns, kernels = products(layer.precision)
            let ahead = piece * panels(n) / pieces * panel..<min((piece + 1) * panels(n) / pieces * panel, n)
            if !ahead.isEmpty {
                kernels.pointee.pack_rows(
                    weight.start, weight.stride, n, k, ahead.lowerBound, ahead.upperBound, layer.forward.start)
            }
            guard let backward = layer.backward else { return }
            let back = piece * panels(k) / pieces * panel..<min((piece + 1) * panels(k) / pieces * panel, k)
            if !back.isEmpty {
                kernels.pointee.pack_columns(
                    weight.start, weight.stride, k, n, back.lowerBound, back.upperBound, backward.start)
            }
        }
    }

    /// y (M, N) = x (M, K)·Wᵀ + b, or y += …, on the calling thread.
    public func linearForward(_ x: MatrixRows, _ layer: TrainableLinear, into y: MatrixRows, adding: Bool = false) {
        precondition(x.columns == layer.inputs && y.columns == layer.outputs && x.count == y.count, "linear layer")
        product(
            x, layer.forward, layer, layer.outputs, layer.inputs, 0..<panels(layer.outputs), layer.bias, adding, into: y
        )
    }

    /// dx (M, K) = dy (M, N)·W, on the calling thread.
    public func linearBackward(_ dy: MatrixRows, _ layer: TrainableLinear, into dx: MatrixRows) {
        precondition(dy.columns == layer.outputs && dx.columns == layer.inputs && dx.count == dy.count, "linear layer")
        guard let packed = layer.backward else { preconditionFailure("a layer without backward weights") }
        product(dy, packed, layer, layer.inputs, layer.outputs, 0..<panels(layer.inputs), nil, false, into: dx)
    }

    /// `linearForward` for few rows and wide layers, on all threads.
    public func linearForwardWide(_ x: MatrixRows, _ layer: TrainableLinear, into y: MatrixRows) {
        precondition(x.columns == layer.inputs && y.columns == layer.outputs && x.count == y.count, "linear layer")
        forEachTile(x.count, panels(layer.outputs)) { rows, panels in
            product(
                x[rows], layer.forward, layer, layer.outputs, layer.inputs, panels, layer.bias, false, into: y[rows])
        }
    }

    /// `linearBackward` for few rows and wide layers, on all threads.
    public func linearBackwardWide(_ dy: MatrixRows, _ layer: TrainableLinear, into dx: MatrixRows) {
        precondition(dy.columns == layer.outputs && dx.columns == layer.inputs && dx.count == dy.count, "linear layer")
        guard let packed = layer.backward else { preconditionFailure("a layer without backward weights") }
        forEachTile(dy.count, panels(layer.inputs)) { rows, panels in
            product(dy[rows], packed, layer, layer.inputs, layer.outputs, panels, nil, false, into: dx[rows])
        }
    }

    private func forEachTile(_ rows: Int, _ panels: Int, _ body: @Sendable (Range<Int>, Range<Int>) -> Void) {
        let runs = (rows + 111) / 112, groups = (panels + 3) / 4
        forEach(runs * groups) { task, _ in
            let run = task / groups, group = task % groups
            body(run * rows / runs..<(run + 1) * rows / runs, group * 4..<min(group * 4 + 4, panels))
        }
    }

    private func product(
        _ a: MatrixRows, _ packed: AlignedMemory, _ layer: TrainableLinear, _ n: Int, _ k: Int, _ panels: Range<Int>,
        _ bias: MatrixRows?, _ adding: Bool, into c: MatrixRows
    ) {
        let output = dk_output(kind: adding ? DK_ADD : DK_STORE, bias: bias.map { UnsafePointer($0.start) }, gamma: nil)
        products(layer.precision).pointee.gemm(
            a.start, a.stride, a.count, packed.start, n, k, panels.lowerBound, panels.upperBound, output, c.start,
            c.stride)
    }
}

/// The gradient of one linear layer's weights, as a piece of work: dW (N, K) += dyᵀ·x, db (N) += Σ rows of dy.
public struct WeightGradient: Sendable {
    let dy, x, dWeight: MatrixRows
    let dBias: MatrixRows?
    let precision: Precision

    /// From dy (M, N) and x (M, K), into dW (N, K) and, where there is a bias, db (1, N).
    public init(
        dy: MatrixRows, x: MatrixRows, dWeight: MatrixRows, dBias: MatrixRows?, precision: Precision = .fp32
    ) {
        precondition(dy.count == x.count && dWeight.count == dy.columns && dWeight.columns == x.columns, "dW")
        precondition(dBias == nil || dBias?.columns == dy.columns, "db")
        self.dy = dy
        self.x = x
        self.dWeight = dWeight
        self.dBias = dBias
        self.precision = precision
    }

    /// Rows of dW that one task sums up: few enough to share the work, many enough to use what it reads of x.
    private var rows: Int { precision == .bf16 ? 112 : 56 }

    var parts: Int { (dWeight.count + rows - 1) / rows }

    func range(_ part: Int) -> Range<Int> { part * dWeight.count / parts..<(part + 1) * dWeight.count / parts }
}

extension Compute {
    /// Adds some layers' weight gradients, on all threads. Each number is summed by one thread in the order of the rows,
    /// so it does not depend on how many threads there are. Cost: 2·M·N·K operations each.
    public func accumulate(_ gradients: [WeightGradient], then finish: [@Sendable () -> Void] = []) {
        let pieces = gradients.flatMap { gradient in (0..<gradient.parts).map { (gradient, gradient.range($0)) } }
        forEach(pieces.count + finish.count) { task, _ in
            guard task < pieces.count else { return finish[task - pieces.count]() }
            let (gradient, range) = pieces[task]
            let dy = gradient.dy.columns(range), x = gradient.x, dWeight = gradient.dWeight[range]
            products(gradient.precision).pointee.gemm_transposed(
                dy.start, dy.stride, dy.columns, x.start, x.stride, x.columns, x.count, dWeight.start, dWeight.stride,
                gradient.dBias.map { $0.start + range.lowerBound })
        }
    }
}
