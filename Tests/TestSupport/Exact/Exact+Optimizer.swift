import Foundation

/// One tensor under an optimiser, in double precision.
public struct ExactTensor: Sendable {
    /// The parameters.
    public var values: [Double]
    /// Whether its shape has one extent, which spares it from LARS's adaptation.
    public let isVector: Bool
    private var first, second: [Double]
    private var step = 0

    /// A tensor that was never updated.
    public init(_ values: [Double], isVector: Bool) {
        self.values = values
        self.isVector = isVector
        first = [Double](repeating: 0, count: values.count)
        second = first
    }

    /// `torch.optim.AdamW` with its defaults: betas 0.9 and 0.999, eps 1e-8.
    public mutating func adamW(_ gradient: [Double], lr: Double, decay: Double) {
        step += 1
        let correction1 = 1 - pow(0.9, Double(step)), correction2 = 1 - pow(0.999, Double(step))
        for i in values.indices {
            values[i] *= 1 - lr * decay
            first[i] = 0.9 * first[i] + 0.1 * gradient[i]
            second[i] = 0.999 * second[i] + 0.001 * gradient[i] * gradient[i]
            values[i] -= lr / correction1 * first[i] / (second[i].squareRoot() / correction2.squareRoot() + 1e-8)
        }
    }

    /// `torch.optim.SGD` with momentum 0.9.
    public mutating func sgd(_ gradient: [Double], lr: Double, decay: Double) {
        for i in values.indices {
            first[i] = 0.9 * first[i] + gradient[i] + decay * values[i]
            values[i] -= lr * first[i]
        }
    }

    /// The reference's LARS: momentum 0.9, eta 0.001; vectors neither decay nor adapt.
    public mutating func lars(_ gradient: [Double], lr: Double, decay: Double) {
        var update = gradient
        if !isVector {
            for i in update.indices { update[i] += decay * values[i] }
            let length = dot(values, values).squareRoot(), updateLength = dot(update, update).squareRoot()
            if length > 0, updateLength > 0 {
                for i in update.indices { update[i] *= 0.001 * length / updateLength }
            }
        }
        for i in values.indices {
            first[i] = 0.9 * first[i] + update[i]
            values[i] -= lr * first[i]
        }
    }

    /// The reference's clipping: the gradient times limit/(norm + 1e-6) where that is under 1.
    public static func clip(_ gradient: [Double], to limit: Double) -> [Double] {
        let factor = limit / (dot(gradient, gradient).squareRoot() + 1e-6)
        return limit > 0 && factor < 1 ? gradient.map { $0 * factor } : gradient
    }
}
