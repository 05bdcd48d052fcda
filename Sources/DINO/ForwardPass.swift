import Tensors

/// One batch on its way through the model.
///
/// Between two attentions every token goes its own way: projection, residual, norm, feed-forward, residual, the next
/// block's norm and qkv. A thread takes a run of rows through all of it while they lie in its cache, so a block has
/// two joins of the threads and the wide hidden layer exists for a hundred rows only.
struct ForwardPass {
    let model: VisionTransformer
    let batch: Batch
    let workspace: Workspace

    private var compute: Compute { model.compute }
    private var blocks: [BlockWeights] { model.weights.blocks }
    private var rows: Int { batch.images * batch.tokens }

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
    private func forEachRun(of count: Int, _ body: (_ rows: Range<Int>, _ thread: Int) -> Void) {
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
        let parts = max(1, (batch.patches + Self.run - 1) / Self.run)
        compute.forEach(batch.images * parts) { task, thread in
            let image = task / parts, part = task % parts
            let patches = part * batch.patches / parts..<(part + 1) * batch.patches / parts
            guard !patches.isEmpty else { return }
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

    private func attend(queries: Int) {
        workspace.heads.resize(rows: batch.images * queries)
        let shape = AttentionShape(
            images: batch.images, tokens: batch.tokens, heads: model.architecture.heads, queries: queries)
        compute.attention(workspace.qkv, shape, into: workspace.heads, scratch: workspace.attention)
    }

    private func project(_ range: Range<Int>, for block: BlockWeights, _ thread: Int) {
        let normed = scratch(workspace.normed, thread, range.count)
        compute.layerNorm(workspace.tokens.rows(range), block.norm1, into: normed)
        compute.linear(normed, block.qkv, into: workspace.qkv.rows(range))
    }

    /// tokens += ls1 ⊙ proj(heads); tokens += ls2 ⊙ mlp(norm2(tokens))
    private func advance(_ tokens: MatrixRows, heads: MatrixRows, through block: BlockWeights, _ thread: Int) {
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

    // MARK: Outputs

    /// The last block and the final norm, for every token or for CLS alone.
    func finish(_ outputs: FeatureOutputs, kept: [Tensor], keepLast: Bool) -> Features {
        let attention = outputs.clsAttention ? clsAttention() : nil
        guard let last = blocks.last else { preconditionFailure("a model has at least one block") }
        guard outputs.everyToken else {
            attend(queries: 1)
            return features(cls: advanceCLS(through: last), attention: attention)
        }
        attend(queries: batch.tokens)
        forEachRun(of: rows) { range, thread in
            let tokens = workspace.tokens.rows(range)
            advance(tokens, heads: workspace.heads.rows(range), through: last, thread)
            compute.layerNorm(tokens, model.weights.norm, into: workspace.heads.rows(range))
        }
        let prefix = batch.prefix
        return features(
            cls: gather(0..<1).reshaped([batch.images, model.architecture.embedDim]),
            patches: outputs.patches ? gather(prefix..<batch.tokens) : nil,
            registers: outputs.registers && prefix > 1 ? gather(1..<prefix) : nil,
            attention: attention, lastBlocks: keepLast ? kept + [clsAndPatches()] : [])
    }

    private func advanceCLS(through block: BlockWeights) -> Tensor {
        let cls = workspace.cls, stride = batch.tokens
        cls.resize(rows: batch.images)
        cls.gather((0..<batch.images).map { $0 * stride }, of: workspace.tokens)
        forEachRun(of: batch.images) { range, thread in
            let tokens = cls.rows(range)
            advance(tokens, heads: workspace.heads.rows(range), through: block, thread)
            compute.layerNorm(tokens, model.weights.norm, into: workspace.heads.rows(range))
        }
        return Tensor(
            shape: [batch.images, model.architecture.embedDim], scalars: workspace.heads.copy(rows: 0..<batch.images))
    }

    /// CLS and patch tokens (B, 1 + N, D) after the final norm, with the model only part of the way.
    func normalizedTokens() -> Tensor {
        forEachRun(of: rows) { range, _ in
            compute.layerNorm(workspace.tokens.rows(range), model.weights.norm, into: workspace.heads.rows(range))
        }
        return clsAndPatches()
    }

    private func clsAndPatches() -> Tensor { gather([0] + Array(batch.prefix..<batch.tokens)) }

    /// The chosen tokens of each image (B, chosen, D) out of the normed rows.
    private func gather(_ chosen: some Collection<Int>) -> Tensor {
        let rows = (0..<batch.images).flatMap { image in chosen.map { image * batch.tokens + $0 } }
        return Tensor(
            shape: [batch.images, chosen.count, model.architecture.embedDim],
            scalars: workspace.heads.copy(rows: rows))
    }

    /// (B, H, N): the attention CLS pays to the patches in the block whose qkv stand ready.
    private func clsAttention() -> Tensor {
        let heads = model.architecture.heads
        let matrix = Matrix(columns: batch.tokens)
        matrix.resize(rows: batch.images * heads)
        let shape = AttentionShape(images: batch.images, tokens: batch.tokens, heads: heads, queries: 1)
        compute.clsAttention(workspace.qkv, shape, into: matrix)
        var scalars: [Float] = []
        scalars.reserveCapacity(batch.images * heads * batch.patches)
        for row in 0..<batch.images * heads { scalars += matrix.copy(rows: [row]).dropFirst(batch.prefix) }
        return Tensor(shape: [batch.images, heads, batch.patches], scalars: scalars)
    }

    private func features(
        cls: Tensor, patches: Tensor? = nil, registers: Tensor? = nil, attention: Tensor?, lastBlocks: [Tensor] = []
    ) -> Features {
        Features(
            gridHeight: batch.gridHeight, gridWidth: batch.gridWidth, cls: cls, patches: patches,
            registers: registers, clsAttention: attention, lastBlocks: lastBlocks)
    }
}
