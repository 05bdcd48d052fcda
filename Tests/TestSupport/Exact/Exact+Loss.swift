import Foundation

/// The DINO loss (arXiv:2104.14294, section 3.1), pair by pair.
extension Exact {
    /// The entropy in nats.
    public static func entropy(_ p: [Double]) -> Double { -p.reduce(0) { $0 + ($1 > 0 ? $1 * log($1) : 0) } }

    /// log softmax of one row.
    public static func logSoftmax(_ x: [Double]) -> [Double] {
        let peak = x.max() ?? 0, total = log(x.reduce(0) { $0 + exp($1 - peak) })
        return x.map { $0 - peak - total }
    }

    /// softmax((z - center) / temperature) for each row: the teacher's targets.
    public static func targets(_ logits: Rows, center: [Double], temperature: Double) -> Rows {
        let rows = (0..<logits.count).map { index in
            softmax(zip(logits.row(index), center).map { ($0 - $1) / temperature })
        }
        return Rows(logits.count, logits.columns, rows.flatMap { $0 })
    }

    /// The mean cross-entropy over all pairs of a target (two, each (B, K)) and a different view's logits (B, K), with
    /// `pairs` saying which of them count: all in which the view is not the target's own.
    public static func loss(
        views: [Rows], targets: [Rows], temperature: Double, pairs: (Int, Int) -> Bool = { $0 != $1 }
    ) -> Double {
        var sum = 0.0, terms = 0.0
        for (i, target) in targets.enumerated() {
            for (v, logits) in views.enumerated() where pairs(i, v) {
                terms += 1
                for row in 0..<logits.count {
                    let answers = logSoftmax(logits.row(row).map { $0 / temperature })
                    sum -= dot(target.row(row), answers) / Double(logits.count)
                }
            }
        }
        return sum / terms
    }

    /// The gradient of `loss` for each view: every pair's softmax minus its target.
    public static func lossBackward(views: [Rows], targets: [Rows], temperature: Double) -> [Rows] {
        let terms = Double(targets.count * views.count - targets.count)
        return views.enumerated().map { v, logits in
            var gradient = Rows(zeros: logits.count, logits.columns)
            for (i, target) in targets.enumerated() where i != v {
                for row in 0..<logits.count {
                    let answers = softmax(logits.row(row).map { $0 / temperature })
                    for k in 0..<logits.columns {
                        gradient[row, k] +=
                            (answers[k] - target[row, k]) / (terms * Double(logits.count) * temperature)
                    }
                }
            }
            return gradient
        }
    }
}
