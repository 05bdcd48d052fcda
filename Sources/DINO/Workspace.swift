import Tensors

/// The memory of a forward pass, kept from pass to pass.
///
/// `@unchecked Sendable` because a pass has it alone, and the loops in a pass touch disjoint rows and parts.
final class Workspace: @unchecked Sendable {
    /// The residual stream (B·N, D).
    let tokens: Matrix
    /// q, k, v of all heads (B·N, 3·D).
    let qkv: Matrix
    /// What attention gathers (B·N, D).
    let heads: Matrix
    /// The residual stream of CLS alone in the last block (B, D).
    let cls: Matrix
    let attention = AttentionScratch()
    /// For each thread: rows after a norm (D), inside the feed-forward layer, and unfolded patches (3·p·p).
    let normed, inner, gated, unfolded: [Matrix]
    /// Positional embeddings by grid, the latest used last.
    private var positions: [(height: Int, width: Int, rows: Tensor)] = []

    init(_ architecture: Architecture, threads: Int) {
        let d = architecture.embedDim
        func perThread(_ columns: Int) -> [Matrix] { (0..<threads).map { _ in Matrix(columns: columns) } }
        tokens = Matrix(columns: d)
        qkv = Matrix(columns: 3 * d)
        heads = Matrix(columns: d)
        cls = Matrix(columns: d)
        normed = perThread(d)
        let swiglu = architecture.feedForward == .swiglu
        inner = perThread(swiglu ? 2 * architecture.hiddenDim : architecture.hiddenDim)
        gated = swiglu ? perThread(architecture.hiddenDim) : []
        unfolded = perThread(3 * architecture.patchSize * architecture.patchSize)
    }

    /// The rows of positional embeddings that are kept: clients choose the sizes.
    private static let keptPositions = 1 << 14

    /// The positional embedding for a grid, interpolated once for as long as it is among the latest used.
    func positions(height: Int, width: Int, of embedding: PositionEmbedding) -> Tensor {
        let known = positions.firstIndex { $0.height == height && $0.width == width }
        let rows = known.map { positions.remove(at: $0).rows } ?? embedding.rows(height: height, width: width)
        positions.append((height, width, rows))
        while positions.count > 1, positions.reduce(0, { $0 + $1.height * $1.width }) > Self.keptPositions {
            positions.removeFirst()
        }
        return rows
    }
}
