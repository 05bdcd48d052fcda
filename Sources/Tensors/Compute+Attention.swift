import CKernels

/// The shape of a batch of token sequences in one matrix: `B` images of `N` tokens, `H` heads.
public struct AttentionShape: Sendable {
    /// Images in the batch, `B`.
    public let images: Int
    /// Tokens of an image, `N`.
    public let tokens: Int
    /// Heads, `H`.
    public let heads: Int
    /// Tokens whose answers are wanted, from the first on: `N`, or 1 for CLS alone.
    public let queries: Int
    /// The arithmetic of the products.
    public let precision: Precision

    /// `images` sequences of `tokens`, of which the first `queries` ask.
    public init(images: Int, tokens: Int, heads: Int, queries: Int, precision: Precision = .fp32) {
        precondition(images > 0 && tokens > 0 && heads > 0 && (1...tokens).contains(queries), "attention shape")
        self.images = images
        self.tokens = tokens
        self.heads = heads
        self.queries = queries
        self.precision = precision
    }
}

extension Compute {
    /// Multi-head attention, `softmax(q·kᵀ/√width)·v`, on all threads.
    ///
    /// `qkv` (B·N, 3·D) holds q of all heads, then k, then v; `out` (B·queries, D) gets the heads side by side.
    /// No N × N matrix is kept: memory is O(N) for each thread. Cost: 4·B·queries·N·D operations.
    public func attention(_ qkv: Matrix, _ shape: AttentionShape, into out: Matrix, scratch: AttentionScratch) {
        let width = headWidth(qkv, shape)
        precondition(out.columns == width * shape.heads && out.rows == shape.images * shape.queries, "attention output")
        scratch.reserve(dk_attention_scratch(products(shape.precision), shape.tokens, width), on: self)
        let parts = partsPerHead(shape)
        forEach(shape.images * shape.heads * parts) { task, thread in
            let image = task / (shape.heads * parts), head = task / parts % shape.heads, part = task % parts
            let q = qkv.row(image * shape.tokens) + head * width
            products(shape.precision).pointee.attention(
                q, q + out.columns, q + 2 * out.columns, qkv.stride, shape.tokens, width, 1 / Float(width).squareRoot(),
                part * shape.queries / parts, (part + 1) * shape.queries / parts,
                out.row(image * shape.queries) + head * width, out.stride, scratch[thread])
        }
    }

    /// The gradient of `attention`: `dqkv` (B·N, 3·D) from the answers `out` and their gradient `dout` (B·queries, D).
    ///
    /// The probabilities are computed again, a few rows at a time. Cost: 10·B·queries·N·D operations.
    public func attentionBackward(
        _ qkv: Matrix, _ shape: AttentionShape, out: Matrix, dout: Matrix, into dqkv: Matrix, scratch: AttentionScratch
    ) {
        let width = headWidth(qkv, shape)
        precondition(out.columns == width * shape.heads && out.rows == shape.images * shape.queries, "attention output")
        precondition(dout.columns == out.columns && dout.rows == out.rows, "gradient of the attention output")
        precondition(dqkv.columns == qkv.columns && dqkv.rows == qkv.rows, "gradient of q, k and v")
        scratch.reserve(dk_attention_backward_scratch(kernels, shape.tokens, width), on: self)
        forEach(shape.images * shape.heads) { task, thread in
            let image = task / shape.heads, column = task % shape.heads * width
            let q = qkv.row(image * shape.tokens) + column, dq = dqkv.row(image * shape.tokens) + column
            let answer = image * shape.queries, d = out.columns
            products(shape.precision).pointee.attention_backward(
                q, q + d, q + 2 * d, qkv.stride, shape.tokens, width, 1 / Float(width).squareRoot(), shape.queries,
                out.row(answer) + column, out.stride, dout.row(answer) + column, dout.stride, dq, dq + d, dq + 2 * d,
                dqkv.stride, scratch[thread])
        }
    }

    /// The CLS row of the attention matrix: `out` (B·H, N) gets a distribution over the N tokens for each head.
    public func clsAttention(_ qkv: Matrix, _ shape: AttentionShape, into out: Matrix) {
        let width = headWidth(qkv, shape), columns = width * shape.heads
        precondition(out.columns == shape.tokens && out.rows == shape.images * shape.heads, "attention output")
        forEach(shape.images * shape.heads) { task, _ in
            let q = qkv.row(task / shape.heads * shape.tokens) + task % shape.heads * width
            kernels.pointee.attention_row(
                q, q + columns, qkv.stride, shape.tokens, width, 1 / Float(width).squareRoot(), out.row(task))
        }
    }

    private func headWidth(_ qkv: Matrix, _ shape: AttentionShape) -> Int {
        precondition(qkv.rows == shape.images * shape.tokens, "\(qkv.rows) rows of q, k and v")
        precondition(qkv.columns % (3 * shape.heads) == 0, "\(qkv.columns) columns for \(shape.heads) heads")
        return qkv.columns / (3 * shape.heads)
    }

    /// Parts a head's queries are cut into, so that few heads keep many threads evenly busy.
    private func partsPerHead(_ shape: AttentionShape) -> Int {
        let tasks = shape.images * shape.heads
        if tasks % threads == 0 || tasks >= 8 * threads { return 1 }
        return min(threads, shape.queries)
    }
}

/// The memory in which attention keeps packed keys, packed values and a few rows of scores: one part for a thread.
///
/// `@unchecked Sendable` because each thread of a loop uses its own part.
public final class AttentionScratch: @unchecked Sendable {
    private var parts: [AlignedMemory] = []

    /// No memory yet; it grows with the longest sequence seen.
    public init() {}

    func reserve(_ needed: Int, on compute: Compute) {
        if parts.count == compute.threads, let first = parts.first, first.count >= needed { return }
        parts = (0..<compute.threads).map { _ in AlignedMemory(count: needed) }
    }

    subscript(thread: Int) -> UnsafeMutablePointer<Float> { parts[thread].start }
}
