import Tensors

/// `DINOHead` over some rows of CLS features: three linear layers, unit length, a weight-normed last layer.
///
/// Letters: R rows, D width, I hidden, E bottleneck, K prototypes.
final class Head: Sendable {
    private let network: Network
    private let compute: Compute
    /// The MLP's results before and after GELU (R, I), its end (R, E), and that end at unit length (R, E).
    private let pre, act: [Matrix]
    private let end, unit: Matrix
    /// Gradients of the same.
    private let dact: Matrix
    private let dend, dunit: Matrix
    /// Logits (R, K); after the loss, their gradient.
    let logits: Matrix

    private var layers: HeadLayers { network.head }

    init(_ network: Network, on compute: Compute) {
        let head = network.recipe.head
        self.network = network
        self.compute = compute
        pre = (0..<2).map { _ in Matrix(columns: head.hidden) }
        act = (0..<2).map { _ in Matrix(columns: head.hidden) }
        end = Matrix(columns: head.bottleneck)
        unit = Matrix(columns: head.bottleneck)
        dact = Matrix(columns: head.hidden)
        dend = Matrix(columns: head.bottleneck)
        dunit = Matrix(columns: head.bottleneck)
        logits = Matrix(columns: head.outDim)
    }

    /// Logits (R, K) of CLS features (R, D).
    func forward(_ cls: Matrix) {
        for matrix in pre + act + [end, unit, logits] { matrix.resize(rows: cls.rows) }
        var input = cls
        for layer in 0..<2 {
            compute.linearForwardWide(input.allRows, layers.mlp[layer], into: pre[layer].allRows)
            compute.forEachPart(of: cls.rows, 8) { [compute] rows in
                compute.geluForward(self.pre[layer].rows(rows), into: self.act[layer].rows(rows))
            }
            input = act[layer]
        }
        compute.linearForwardWide(input.allRows, layers.mlp[2], into: end.allRows)
        compute.normalizeForward(end.allRows, into: unit.allRows)
        compute.linearForwardWide(unit.allRows, layers.last, into: logits.allRows)
    }

    /// The gradient of `cls` (R, D) into `dcls`, and the parameters' added to `gradients`; `logits` hold theirs.
    ///
    /// - Parameter dLastWeight: the gradient of the last layer's normalised weights (K, E), added to.
    func backward(_ cls: Matrix, into dcls: Matrix, gradients: ParameterBlock, dLastWeight: Matrix) {
        for matrix in [dact, dend, dunit] { matrix.resize(rows: cls.rows) }
        dcls.resize(rows: cls.rows)
        compute.linearBackwardWide(logits.allRows, layers.last, into: dunit.allRows)
        compute.accumulate([
            WeightGradient(dy: logits.allRows, x: unit.allRows, dWeight: dLastWeight.allRows, dBias: nil)
        ])
        compute.normalizeBackward(end.allRows, y: unit.allRows, dy: dunit.allRows, into: dend.allRows)
        var dy = dend
        for layer in (0..<3).reversed() {
            let input = layer == 0 ? cls : act[layer - 1]
            compute.accumulate([
                WeightGradient(
                    dy: dy.allRows, x: input.allRows, dWeight: gradients.rows("head.mlp.\(2 * layer).weight"),
                    dBias: gradients.rows("head.mlp.\(2 * layer).bias"), precision: network.precision)
            ])
            guard layer > 0 else {
                compute.linearBackwardWide(dy.allRows, layers.mlp[0], into: dcls.allRows)
                return
            }
            let dinput = layer == 2 ? dact : act[1]  // fc 2's input is not needed again: its memory takes the gradient
            compute.linearBackwardWide(dy.allRows, layers.mlp[layer], into: dinput.allRows)
            compute.forEachPart(of: cls.rows, 8) { [compute] rows in
                compute.geluBackward(self.pre[layer - 1].rows(rows), dy: dinput.rows(rows), into: dinput.rows(rows))
            }
            dy = dinput
        }
    }
}
