import Tensors

/// What a forward pass leaves for the backward pass: the caches of every block over `R` = images · tokens rows.
///
/// The last block answers for CLS alone, so from its attention on it has one row an image.
final class Activations: Sendable {
    final class Block: Sendable {
        /// norm1's and norm2's results (R, D).
        let normed1, normed2: Matrix
        /// q, k and v (R, 3D), and the heads' answers side by side (R, D).
        let qkv, heads: Matrix
        /// The residual stream between the two halves (R, D).
        let mid: Matrix
        /// fc1's result and its GELU (R, 4D).
        let pre, act: Matrix

        init(_ recipe: Recipe) {
            let d = recipe.network.embedDim, hidden = recipe.architecture.hiddenDim
            normed1 = Matrix(columns: d)
            normed2 = Matrix(columns: d)
            qkv = Matrix(columns: 3 * d)
            heads = Matrix(columns: d)
            mid = Matrix(columns: d)
            pre = Matrix(columns: hidden)
            act = Matrix(columns: hidden)
        }

        func resize(rows: Int, answers: Int) {
            for matrix in [normed1, qkv] { matrix.resize(rows: rows) }
            for matrix in [heads, mid, normed2, pre, act] { matrix.resize(rows: answers) }
        }
    }

    /// Patches as rows of 3·p·p, with a row of zeros for each CLS (R, 3p²).
    let unfolded: Matrix
    /// The residual stream before each block and after the last (R, D).
    let streams: [Matrix]
    let blocks: [Block]
    /// CLS through the final norm (images, D).
    let cls: Matrix
    let attention = AttentionScratch()

    /// Caches for a backward pass where `kept`; otherwise all blocks share one, and two streams take turns.
    init(_ recipe: Recipe, kept: Bool) {
        let d = recipe.network.embedDim, depth = recipe.network.depth
        unfolded = Matrix(columns: 3 * recipe.network.patchSize * recipe.network.patchSize)
        if kept {
            streams = (0...depth).map { _ in Matrix(columns: d) }
            blocks = (0..<depth).map { _ in Block(recipe) }
        } else {
            let turns = [Matrix(columns: d), Matrix(columns: d)], shared = Block(recipe)
            streams = (0...depth).map { turns[$0 % 2] }
            blocks = (0..<depth).map { _ in shared }
        }
        cls = Matrix(columns: d)
    }
}

/// The images of one resolution on their way through a backbone.
struct Sequences: Sendable, Equatable {
    /// Views · B.
    let images: Int
    /// Patches on a side.
    let grid: Int
    /// Tokens of an image: CLS and the patches.
    var tokens: Int { grid * grid + 1 }
    /// Rows of the residual stream.
    var rows: Int { images * tokens }

    /// Rows that a thread takes at a time; fixed, so that sums over a run do not depend on the number of threads.
    static let run = 96
}
