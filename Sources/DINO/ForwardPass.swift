import Tensors

/// One batch on its way through the model.
///
/// Between two attentions every token goes its own way: projection, residual, norm, feed-forward, residual, the next
/// block's norm and qkv. A thread takes a run of rows through all of it while they lie in its cache, so a block has
/// two joins of the threads and the wide hidden layer exists for a hundred rows only.
struct ForwardPass: Sendable {
    let model: VisionTransformer
    let batch: Batch
    let workspace: Workspace

    var compute: Compute { model.compute }
    private var blocks: [BlockWeights] { model.weights.blocks }
    var rows: Int { batch.images * batch.tokens }

    /// The rows a thread takes at a time: their hidden layer fits the second-level cache.
    private static let run = 112

    init(model: VisionTransformer, batch: Batch, workspace: Workspace) {
        self.model = model
        self.batch = batch
        self.workspace = workspace
        let rows = batch.images * batch.tokens
        workspace.tokens.resize(rows: rows)
        workspace.qkv.resize(rows: rows)
        workspace.heads.resize(rows: rows)
    }

    /// Splits `count` rows evenly into runs, a multiple of the threads where there are enough.
    func forEachRun(of count: Int, _ body: @Sendable (_ rows: Range<Int>, _ thread: Int) -> Void) {
        let threads = compute.threads
        let runs = min(count, threads * ((count + threads * Self.run - 1) / (threads * Self.run)))
        compute.forEach(runs) { run, thread in
            body(run * count / runs..<(run + 1) * count / runs, thread)
        }
    }

    private func scratch(_ matrices: [Matrix], _ thread: Int, _ count: Int) -> MatrixRows {
        matrices[thread].resize(rows: count)
        return matrices[thread].allRows
    }

    // MARK: Embedding

    /// PatchEmbed, CLS, registers and positions: fills the residual stream.
    func embed(_ input: Tensor) {
        let positions = workspace.positions(
            height: batch.gridHeight, width: batch.gridWidth, of: model.weights.positions)
        for image in 0..<batch.images { writePrefix(image) }
        let parts = (batch.patches + Self.run - 1) / Self.run
        compute.forEach(batch.images * parts) { task, thread in
            let image = task / parts, part = task % parts
            let patches = part * batch.patches / parts..<(part + 1) * batch.patches / parts
            unfold(input, image, patches, thread)
            let first = image * batch.tokens + batch.prefix
            let range = first + patches.lowerBound..<first + patches.upperBound
            let tokens = workspace.tokens.rows(range)
            workspace.tokens.write(positions, rows: patches, to: range.lowerBound)
            compute.linear(workspace.unfolded[thread].allRows, model.weights.patchEmbed, into: tokens, .add(gamma: nil))
        }
    }

    private func writePrefix(_ image: Int) {
        let first = image * batch.tokens, width = model.architecture.embedDim
        workspace.tokens.withRow(first) { row in
            for i in 0..<width { row[i] = model.weights.clsToken[i] + model.weights.positions.cls[i] }
        }
        for register in 0..<model.architecture.registers {
            workspace.tokens.withRow(first + 1 + register) { row in
                for i in 0..<width { row[i] = model.weights.registers[register * width + i] }
            }
        }
    }

    /// Lays patches out as rows (3·p·p): channel, then line, then column, as a convolution's weight is.
    private func unfold(_ input: Tensor, _ image: Int, _ patches: Range<Int>, _ thread: Int) {
        let p = model.architecture.patchSize
        let height = batch.gridHeight * p, width = batch.gridWidth * p
        let matrix = workspace.unfolded[thread]
        matrix.resize(rows: patches.count)
        for (index, patch) in patches.enumerated() {
            let top = patch / batch.gridWidth * p, left = patch % batch.gridWidth * p
            for channel in 0..<3 {
                for line in 0..<p {
                    let source = ((image * 3 + channel) * height + top + line) * width + left
                    matrix.write(input, from: source, count: p, to: index, column: (channel * p + line) * p)
                }
            }
        }
    }

    // MARK: Blocks

    /// norm1 and qkv of a block, for tokens that no block has touched yet.
    func prepareAttention(block: Int) {
        forEachRun(of: rows) { range, thread in
            project(range, for: blocks[block], thread)
        }
    }

    /// Attention and feed-forward of a block, then the next block's norm1 and qkv.
    func run(block: Int) {
        attend(queries: batch.tokens)
        forEachRun(of: rows) { range, thread in
            advance(workspace.tokens.rows(range), heads: workspace.heads.rows(range), through: blocks[block], thread)
            project(range, for: blocks[block + 1], thread)
        }
    }

    func attend(queries: Int) {
        workspace.heads.resize(rows: batch.images * queries)
        let shape = AttentionShape(
            images: batch.images, tokens: batch.tokens, heads: model.architecture.heads, queries: queries,
            precision: model.precision)
        compute.attention(workspace.qkv, shape, into: workspace.heads, scratch: workspace.attention)
    }

    private func project(_ range: Range<Int>, for block: BlockWeights, _ thread: Int) {
        let normed = scratch(workspace.normed, thread, range.count)
        compute.layerNorm(workspace.tokens.rows(range), block.norm1, into: normed)
        compute.linear(normed, block.qkv, into: workspace.qkv.rows(range))
    }

    /// tokens += ls1 ⊙ proj(heads); tokens += ls2 ⊙ mlp(norm2(tokens))
    func advance(_ tokens: MatrixRows, heads: MatrixRows, through block: BlockWeights, _ thread: Int) {
        compute.linear(heads, block.proj, into: tokens, .add(gamma: block.scale1))
        let normed = scratch(workspace.normed, thread, tokens.count)
        compute.layerNorm(tokens, block.norm2, into: normed)
        let inner = scratch(workspace.inner, thread, tokens.count)
        switch model.architecture.feedForward {
        case .mlp:
            compute.linear(normed, block.inner, into: inner, .gelu)
            compute.linear(inner, block.outer, into: tokens, .add(gamma: block.scale2))
        case .swiglu:
            compute.linear(normed, block.inner, into: inner)
            let gated = scratch(workspace.gated, thread, tokens.count)
            compute.swiGLU(inner, into: gated)
            compute.linear(gated, block.outer, into: tokens, .add(gamma: block.scale2))
        }
    }
}
