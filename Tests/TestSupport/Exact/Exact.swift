import Foundation

/// The layers as their formulas say, forward and backward, in double precision: the specification that the fast kernels are
/// compared with, and that is itself compared with the quotients of small differences.
///
/// The backward functions multiply by whole Jacobians where a kernel would simplify, so that both do not share a slip.
public enum Exact {
    /// The derivative of `function` at `point` along one coordinate: a central difference of fourth order.
    public static func derivative(
        of function: ([Double]) -> Double, at point: [Double], along coordinate: Int, step: Double = 1e-3
    ) -> Double {
        var direction = [Double](repeating: 0, count: point.count)
        direction[coordinate] = 1
        return derivative(of: function, at: point, along: direction, step: step)
    }

    /// The derivative of `function` at `point` along a direction.
    public static func derivative(
        of function: ([Double]) -> Double, at point: [Double], along direction: [Double], step: Double = 1e-3
    ) -> Double {
        func value(_ steps: Double) -> Double {
            function(zip(point, direction).map { $0 + steps * step * $1 })
        }
        return (8 * (value(1) - value(-1)) - (value(2) - value(-2))) / (12 * step)
    }

    /// How far a claimed gradient is from the one that small differences give, relative to its length.
    public static func gradientError(
        of function: ([Double]) -> Double, at point: [Double], claimed: [Double]
    ) -> Double {
        let numeric = point.indices.map { derivative(of: function, at: point, along: $0) }
        return relativeDifference(claimed, numeric)
    }
}

/// Linear layers: y (M, N) = x (M, K)·Wᵀ + b for W (N, K).
extension Exact {
    /// y from x, W and b (1, N).
    public static func linear(_ x: Rows, _ weight: Rows, _ bias: Rows? = nil) -> Rows {
        precondition(x.columns == weight.columns, "shapes of a linear layer")
        let k = x.columns
        var y = Rows(zeros: x.count, weight.count)
        x.values.withUnsafeBufferPointer { x in
            weight.values.withUnsafeBufferPointer { weight in
                for i in 0..<y.count {
                    for j in 0..<y.columns {
                        var sum = bias?.values[j] ?? 0
                        for l in 0..<k { sum += x[i * k + l] * weight[j * k + l] }
                        y[i, j] = sum
                    }
                }
            }
        }
        return y
    }

    /// dx = dy·W, dW = dyᵀ·x, db = the sum of dy's rows.
    public static func linearBackward(
        _ x: Rows, _ weight: Rows, dy: Rows
    ) -> (dx: Rows, dWeight: Rows, dBias: Rows) {
        var dx = Rows(zeros: x.count, x.columns), dWeight = Rows(zeros: weight.count, weight.columns)
        var dBias = Rows(zeros: 1, weight.count)
        for i in 0..<x.count {
            for j in 0..<weight.count {
                let slope = dy[i, j]
                dBias.values[j] += slope
                for l in 0..<x.columns {
                    dx.values[i * x.columns + l] += slope * weight.values[j * x.columns + l]
                    dWeight.values[j * x.columns + l] += slope * x.values[i * x.columns + l]
                }
            }
        }
        return (dx, dWeight, dBias)
    }
}

/// GELU, exact-erf: x·Φ(x), and what SwiGLU takes in its place.
extension Exact {
    /// One value.
    public static func gelu(_ x: Double) -> Double { 0.5 * x * erfc(-x / 2.squareRoot()) }

    /// x·σ(x).
    public static func silu(_ x: Double) -> Double { x / (1 + exp(-x)) }

    /// Φ(x) + x·φ(x).
    public static func geluSlope(_ x: Double) -> Double {
        0.5 * erfc(-x / 2.squareRoot()) + x * exp(-0.5 * x * x) / (2 * Double.pi).squareRoot()
    }

    /// All values.
    public static func gelu(_ x: Rows) -> Rows { Rows(x.count, x.columns, x.values.map(gelu)) }

    /// dx from dy.
    public static func geluBackward(_ x: Rows, dy: Rows) -> Rows {
        Rows(x.count, x.columns, zip(x.values, dy.values).map { geluSlope($0) * $1 })
    }
}
