/// Layer norm: (x - mean) / √(variance + ε) ⊙ weight + bias for each row.
extension Exact {
    private static func moments(_ row: [Double], _ epsilon: Double) -> (mean: Double, deviation: Double) {
        let mean = row.reduce(0, +) / Double(row.count)
        let variance = row.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(row.count)
        return (mean, (variance + epsilon).squareRoot())
    }

    /// y from x (M, D), weight and bias (1, D).
    public static func layerNorm(_ x: Rows, weight: Rows, bias: Rows, epsilon: Double = 1e-6) -> Rows {
        var y = x
        for i in 0..<x.count {
            let row = x.row(i), (mean, deviation) = moments(row, epsilon)
            for j in 0..<x.columns {
                y[i, j] = (row[j] - mean) / deviation * weight.values[j] + bias.values[j]
            }
        }
        return y
    }

    /// The gradients, by the Jacobian ∂x̂ᵢ/∂xⱼ = (δᵢⱼ - 1/D)/σ - (xᵢ - μ)(xⱼ - μ)/(D·σ³).
    public static func layerNormBackward(
        _ x: Rows, weight: Rows, dy: Rows, epsilon: Double = 1e-6
    ) -> (dx: Rows, dWeight: Rows, dBias: Rows) {
        let d = x.columns, width = Double(d)
        var dx = Rows(zeros: x.count, d), dWeight = Rows(zeros: 1, d), dBias = Rows(zeros: 1, d)
        for r in 0..<x.count {
            let row = x.row(r), (mean, deviation) = moments(row, epsilon)
            for i in 0..<d {
                dWeight.values[i] += dy[r, i] * (row[i] - mean) / deviation
                dBias.values[i] += dy[r, i]
                let slope = dy[r, i] * weight.values[i]
                for j in 0..<d {
                    let direct = ((i == j ? 1 : 0) - 1 / width) / deviation
                    let spread = (row[i] - mean) * (row[j] - mean) / (width * deviation * deviation * deviation)
                    dx[r, j] += slope * (direct - spread)
                }
            }
        }
        return (dx, dWeight, dBias)
    }
}

/// Rows of unit length, and weight normalisation W_k = g_k·v_k/‖v_k‖.
extension Exact {
    /// x / max(‖x‖, 1e-12) for each row.
    public static func normalize(_ x: Rows) -> Rows {
        var y = x
        for i in 0..<x.count {
            let length = max(dot(x.row(i), x.row(i)).squareRoot(), 1e-12)
            for j in 0..<x.columns { y[i, j] = x[i, j] / length }
        }
        return y
    }

    /// dx by the Jacobian ∂yᵢ/∂xⱼ = δᵢⱼ/‖x‖ - xᵢ·xⱼ/‖x‖³.
    public static func normalizeBackward(_ x: Rows, dy: Rows) -> Rows {
        var dx = Rows(zeros: x.count, x.columns)
        for r in 0..<x.count {
            let row = x.row(r), length = dot(row, row).squareRoot()
            for i in 0..<x.columns {
                for j in 0..<x.columns {
                    let jacobian = (i == j ? 1 : 0) / length - row[i] * row[j] / (length * length * length)
                    dx[r, j] += dy[r, i] * jacobian
                }
            }
        }
        return dx
    }

    /// W (K, E) from v (K, E) and g (K, 1).
    public static func weightNorm(_ v: Rows, gains g: Rows) -> Rows {
        var w = normalize(v)
        for k in 0..<v.count { for e in 0..<v.columns { w[k, e] *= g.values[k] } }
        return w
    }

    /// dv and dg (K, 1).
    public static func weightNormBackward(_ v: Rows, gains g: Rows, dw: Rows) -> (dv: Rows, dGains: Rows) {
        var scaled = dw
        for k in 0..<v.count { for e in 0..<v.columns { scaled[k, e] *= g.values[k] } }
        let unit = normalize(v)
        let dGains = Rows(v.count, 1, (0..<v.count).map { dot(dw.row($0), unit.row($0)) })
        return (normalizeBackward(v, dy: scaled), dGains)
    }
}
