import CKernels

/// The backward twins of the row-wise layers, and the forward ones over weights that change. On the calling thread.
extension Compute {
    /// y = (x - mean) / √(variance + epsilon) ⊙ weight + bias for x and y (M, D), weight and bias (1, D).
    public func layerNormForward(
        _ x: MatrixRows, weight: MatrixRows, bias: MatrixRows, epsilon: Float, into y: MatrixRows
    ) {
        precondition(x.columns == y.columns && x.count == y.count && weight.columns == x.columns, "layer norm")
        kernels.pointee.layer_norm(
            x.start, x.stride, x.count, x.columns, weight.start, bias.start, epsilon, y.start, y.stride)
    }

    /// dx += the gradient through a layer norm of x (M, D); dWeight and dBias (1, D) += over the rows in order.
    public func layerNormBackward(
        _ x: MatrixRows, dy: MatrixRows, weight: MatrixRows, epsilon: Float, into dx: MatrixRows,
        dWeight: MatrixRows, dBias: MatrixRows
    ) {
        precondition(x.columns == dy.columns && x.count == dy.count && weight.columns == x.columns, "layer norm")
        precondition(dx.columns == x.columns && dx.count == x.count, "layer norm")
        precondition(dWeight.columns == x.columns && dBias.columns == x.columns, "layer norm")
        kernels.pointee.layer_norm_backward(
            x.start, x.stride, dy.start, dy.stride, x.count, x.columns, weight.start, epsilon, dx.start, dx.stride,
            dWeight.start, dBias.start)
    }

    /// y = gelu(x), exact-erf, for x and y (M, N).
    public func geluForward(_ x: MatrixRows, into y: MatrixRows) {
        precondition(x.columns == y.columns && x.count == y.count, "gelu")
        kernels.pointee.gelu(x.start, x.stride, x.count, x.columns, y.start, y.stride)
    }

    /// dx = gelu'(x) ⊙ dy for (M, N); dx may be dy.
    public func geluBackward(_ x: MatrixRows, dy: MatrixRows, into dx: MatrixRows) {
        precondition(x.columns == dy.columns && x.count == dy.count && dx.columns == x.columns, "gelu")
        kernels.pointee.gelu_backward(
            x.start, x.stride, dy.start, dy.stride, x.count, x.columns, dx.start, dx.stride)
    }

    /// The rows of x (M, D) where `scales` is nil, else each times its own scale, written to y.
    public func copy(_ x: MatrixRows, scales: ArraySlice<Float>? = nil, into y: MatrixRows) {
        precondition(x.columns == y.columns && x.count == y.count, "copied rows")
        precondition(scales == nil || scales?.count == x.count, "a scale for each row")
        for row in 0..<x.count {
            let source = x.start + row * x.stride, target = y.start + row * y.stride
            guard let scales else {
                target.update(from: source, count: x.columns)
                continue
            }
            let scale = scales[scales.startIndex + row]
            for column in 0..<x.columns { target[column] = scale * source[column] }
        }
    }

    /// y += scale · x row by row, for x and y (M, D).
    public func add(_ x: MatrixRows, scales: ArraySlice<Float>, to y: MatrixRows) {
        precondition(x.columns == y.columns && x.count == y.count && scales.count == x.count, "added rows")
        for row in 0..<x.count {
            let source = x.start + row * x.stride, target = y.start + row * y.stride
            let scale = scales[scales.startIndex + row]
            for column in 0..<x.columns { target[column] += scale * source[column] }
        }
    }

    /// sums (1, N) += the rows of x (M, N), in order.
    public func addColumns(of x: MatrixRows, to sums: MatrixRows) {
        precondition(sums.columns == x.columns, "column sums")
        kernels.pointee.column_sums(x.start, x.stride, x.count, x.columns, sums.start)
    }

    /// Zeros in every column.
    public func zero(_ x: MatrixRows) {
        for row in 0..<x.count { (x.start + row * x.stride).update(repeating: 0, count: x.columns) }
    }
}

/// Vectors of unit length, and the head's last layer of such vectors.
extension Compute {
    /// y = x / max(‖x‖, 1e-12) row by row, as `torch.nn.functional.normalize`. The lengths are not kept: the backward
    /// pass measures them again.
    public func normalizeForward(_ x: MatrixRows, into y: MatrixRows) {
        precondition(x.columns == y.columns && x.count == y.count, "normalised rows")
        for row in 0..<x.count {
            let source = x.start + row * x.stride, target = y.start + row * y.stride
            let scale = Float(1 / max(kernels.pointee.sum_squares(source, x.columns).squareRoot(), 1e-12))
            for column in 0..<x.columns { target[column] = source[column] * scale }
        }
    }

    /// dx = (dy - y·(y·dy)) / ‖x‖ row by row, with y = x / ‖x‖.
    public func normalizeBackward(
        _ x: MatrixRows, y: MatrixRows, dy: MatrixRows, into dx: MatrixRows
    ) {
        precondition(x.columns == y.columns && dy.columns == x.columns && dx.columns == x.columns, "normalised rows")
        precondition(x.count == y.count && dy.count == x.count && dx.count == x.count, "normalised rows")
        for row in 0..<x.count {
            let unit = y.start + row * y.stride, slope = dy.start + row * dy.stride, target = dx.start + row * dx.stride
            let scale = 1 / max(kernels.pointee.sum_squares(x.start + row * x.stride, x.columns).squareRoot(), 1e-12)
            var along = 0.0
            for column in 0..<x.columns { along += Double(unit[column]) * Double(slope[column]) }
            for column in 0..<x.columns {
                target[column] = Float((Double(slope[column]) - Double(unit[column]) * along) * scale)
            }
        }
    }
}

/// Weight normalisation (arXiv:1602.07868) of a layer's rows: W_k = g_k·v_k / ‖v_k‖.
extension Compute {
    /// w (K, D) from v (K, D) and g (K, 1).
    public func weightNormForward(_ v: MatrixRows, gains g: MatrixRows, into w: MatrixRows) {
        precondition(g.count == v.count && w.count == v.count && w.columns == v.columns, "weight norm")
        for row in 0..<v.count {
            let source = v.start + row * v.stride, target = w.start + row * w.stride
            let scale = Float(
                Double(g.start[row * g.stride])
                    / max(kernels.pointee.sum_squares(source, v.columns).squareRoot(), 1e-30))
            for column in 0..<v.columns { target[column] = source[column] * scale }
        }
    }

    /// dv += g/‖v‖·(dw - v̂·(dw·v̂)) and, where asked for, dg += dw·v̂, with v̂ = v/‖v‖.
    public func weightNormBackward(
        _ v: MatrixRows, gains g: MatrixRows, dw: MatrixRows, into dv: MatrixRows, dGains dg: MatrixRows?
    ) {
        precondition(g.count == v.count && dw.count == v.count && dv.count == v.count, "weight norm")
        precondition(dw.columns == v.columns && dv.columns == v.columns, "weight norm")
        for row in 0..<v.count {
            let source = v.start + row * v.stride, slope = dw.start + row * dw.stride
            let inverse = 1 / max(kernels.pointee.sum_squares(source, v.columns).squareRoot(), 1e-30)
            var along = 0.0
            for column in 0..<v.columns { along += Double(slope[column]) * Double(source[column]) * inverse }
            let scale = Float(Double(g.start[row * g.stride]) * inverse), back = Float(along * inverse)
            let target = dv.start + row * dv.stride
            for column in 0..<v.columns { target[column] += scale * (slope[column] - source[column] * back) }
            if let dg { dg.start[row * dg.stride] += Float(along) }
        }
    }
}

/// Distributions over K prototypes, one row (1, K) at a time.
extension Compute {
    /// p = softmax((x - center) / temperature); returns the entropy of p in nats.
    public func softmax(_ x: MatrixRows, center: MatrixRows, temperature: Float, into p: MatrixRows) -> Float {
        precondition(x.count == 1 && center.columns == x.columns && p.columns == x.columns, "softmax")
        return kernels.pointee.softmax(x.start, center.start, x.columns, 1 / temperature, p.start)
    }

    /// The cross-entropy of softmax(z / temperature) under targets that sum to `mass`; z becomes
    /// step · (mass · softmax(z / temperature) - target), its gradient when `step` is the loss's share over temperature.
    public func crossEntropy(_ z: MatrixRows, target: MatrixRows, mass: Float, temperature: Float, step: Float) -> Float
    {
        precondition(z.count == 1 && target.columns == z.columns, "cross-entropy")
        return kernels.pointee.cross_entropy(z.start, target.start, z.columns, mass, 1 / temperature, step, z.start)
    }
}
