import Foundation

/// One head of attention: softmax(q·kᵀ/√width)·v for the first `queries` of N tokens.
extension Exact {
    /// softmax of one row.
    public static func softmax(_ x: [Double]) -> [Double] {
        let peak = x.max() ?? 0, exponentials = x.map { exp($0 - peak) }
        let total = exponentials.reduce(0, +)
        return exponentials.map { $0 / total }
    }

    /// The probabilities, N for each of the first `queries` tokens.
    public static func probabilities(_ q: Rows, _ k: Rows, _ queries: Int) -> [[Double]] {
        let scale = 1 / Double(q.columns).squareRoot()
        return (0..<queries).map { i in
            let query = q.row(i)
            return softmax((0..<k.count).map { dot(query, k.row($0)) * scale })
        }
    }

    /// The answers (queries, width) from q, k, v (N, width).
    public static func attention(q: Rows, k: Rows, v: Rows, queries: Int) -> Rows {
        var out = Rows(zeros: queries, v.columns)
        for (i, row) in probabilities(q, k, queries).enumerated() {
            for j in 0..<v.count { for c in 0..<v.columns { out[i, c] += row[j] * v[j, c] } }
        }
        return out
    }

    /// dq, dk, dv (N, width) from the answers' gradient, by softmax's Jacobian ∂pᵢ/∂sⱼ = pᵢ(δᵢⱼ - pⱼ).
    public static func attentionBackward(q: Rows, k: Rows, v: Rows, dout: Rows) -> (dq: Rows, dk: Rows, dv: Rows) {
        let n = q.count, width = q.columns, scale = 1 / Double(width).squareRoot()
        var dq = Rows(zeros: n, width), dk = dq, dv = dq
        for (i, p) in probabilities(q, k, dout.count).enumerated() {
            let slopes = (0..<n).map { dot(dout.row(i), v.row($0)) }
            for j in 0..<n {
                let score = (0..<n).reduce(0.0) { $0 + slopes[$1] * p[$1] * (($1 == j ? 1 : 0) - p[j]) }
                for c in 0..<width {
                    dv[j, c] += p[j] * dout[i, c]
                    dq[i, c] += score * scale * k[j, c]
                    dk[j, c] += score * scale * q[i, c]
                }
            }
        }
        return (dq, dk, dv)
    }

    /// All heads of all images: q, k and v side by side in `qkv` (B·N, 3·D), answers (B·queries, D).
    public static func attention(_ qkv: Rows, images: Int, heads: Int, queries: Int) -> Rows {
        let d = qkv.columns / 3, width = d / heads
        var out = Rows(zeros: images * queries, d)
        for image in 0..<images {
            for head in 0..<heads {
                let (q, k, v) = parts(qkv, images: images, image: image, head: head, width: width)
                let answers = attention(q: q, k: k, v: v, queries: queries)
                for i in 0..<queries {
                    for c in 0..<width { out[image * queries + i, head * width + c] = answers[i, c] }
                }
            }
        }
        return out
    }

    /// The gradient of `qkv` from that of all heads' answers.
    public static func attentionBackward(_ qkv: Rows, images: Int, heads: Int, dout: Rows) -> Rows {
        let d = qkv.columns / 3, width = d / heads, tokens = qkv.count / images, queries = dout.count / images
        var dqkv = Rows(zeros: qkv.count, qkv.columns)
        for image in 0..<images {
            for head in 0..<heads {
                let (q, k, v) = parts(qkv, images: images, image: image, head: head, width: width)
                let slopes = dout.rows(image * queries..<(image + 1) * queries)
                let (dq, dk, dv) = attentionBackward(
                    q: q, k: k, v: v, dout: slopes.columns(head * width..<(head + 1) * width))
                for (part, gradient) in [dq, dk, dv].enumerated() {
                    for t in 0..<tokens {
                        for c in 0..<width {
                            dqkv[image * tokens + t, part * d + head * width + c] = gradient[t, c]
                        }
                    }
                }
            }
        }
        return dqkv
    }

    private static func parts(
        _ qkv: Rows, images: Int, image: Int, head: Int, width: Int
    ) -> (q: Rows, k: Rows, v: Rows) {
        let tokens = qkv.count / images, d = qkv.columns / 3
        let rows = qkv.rows(image * tokens..<(image + 1) * tokens)
        func part(_ index: Int) -> Rows { rows.columns(index * d + head * width..<index * d + (head + 1) * width) }
        return (part(0), part(1), part(2))
    }
}
