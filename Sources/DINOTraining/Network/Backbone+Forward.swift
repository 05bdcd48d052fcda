import Tensors

/// The backbone's passes over the images of one resolution.
///
/// Letters: R rows of the residual stream (images · tokens), A rows that a block answers for: R, or the images in the
/// last block, whose answer is wanted for CLS alone.
struct Backbone: Sendable {
    let network: Network
    let compute: Compute
    let sequences: Sequences
    let activations: Activations
    /// What each image's residual branches are multiplied by, two a block, where paths are dropped.
    let dropPath: DropPath?

    var recipe: Recipe { network.recipe }
    var epsilon: Float { recipe.architecture.layerNormEpsilon }
    var depth: Int { recipe.network.depth }

    func isLast(_ block: Int) -> Bool { block == depth - 1 }

    func shape(_ block: Int) -> AttentionShape {
        AttentionShape(
            images: sequences.images, tokens: sequences.tokens, heads: recipe.network.heads,
            queries: isLast(block) ? 1 : sequences.tokens, precision: network.precision)
    }

    /// Rows a block answers for, `A`.
    func answers(_ block: Int) -> Int { isLast(block) ? sequences.images : sequences.rows }

    /// The stream's rows that a block answers for: all, or every CLS.
    func residual(_ matrix: Matrix, _ block: Int) -> MatrixRows {
        isLast(block) ? matrix.allRows.everyRow(sequences.tokens) : matrix.allRows
    }

    /// CLS features (images, D) of pixels (images, 3, S, S), in `activations.cls`.
    func forward(_ pixels: Tensor) {
        activations.streams[0].resize(rows: sequences.rows)
        embed(pixels)
        for block in 0..<depth {
            activations.streams[block + 1].resize(rows: answers(block))
            forward(block)
        }
        activations.cls.resize(rows: sequences.images)
        compute.layerNormForward(
            activations.streams[depth].allRows, weight: network.norm.weight, bias: network.norm.bias, epsilon: epsilon,
            into: activations.cls.allRows)
    }

    /// PatchEmbed, CLS and positions, into the first stream.
    private func embed(_ pixels: Tensor) {
        let patch = recipe.network.patchSize, grid = sequences.grid, tokens = sequences.tokens
        let learnt = network.parameters.rows("backbone.pos_embed").tensor(columns: recipe.network.embedDim)
        let positions = Positions.rows(learnt, grid: grid, trained: recipe.imageSize / patch)
        let cls = network.parameters.rows("backbone.cls_token").tensor(columns: recipe.network.embedDim)
        let stream = activations.streams[0], unfolded = activations.unfolded
        unfolded.resize(rows: sequences.rows)
        compute.forEach(sequences.images) { image, _ in
            let first = image * tokens
            compute.zero(unfolded.rows(first..<first + 1))
            for index in 0..<grid * grid {
                unfold(pixels, image, row: index / grid, column: index % grid, into: first + 1 + index)
            }
            stream.write(positions, rows: 0..<tokens, to: first)
            compute.linearForward(
                unfolded.rows(first + 1..<first + tokens), network.patchEmbed,
                into: stream.rows(first + 1..<first + tokens), adding: true)
            stream.withRow(first) { row in
                for channel in 0..<cls.count { row[channel] += cls.scalars[channel] }
            }
        }
    }

    /// One patch as a row (3·p·p): channel, then line, then column, as a convolution's weight is.
    private func unfold(_ pixels: Tensor, _ image: Int, row: Int, column: Int, into target: Int) {
        let p = recipe.network.patchSize, side = sequences.grid * p
        for channel in 0..<3 {
            for line in 0..<p {
                let source = ((image * 3 + channel) * side + row * p + line) * side + column * p
                activations.unfolded.write(pixels, from: source, count: p, to: target, column: (channel * p + line) * p)
            }
        }
    }

    private func forward(_ index: Int) {
        let block = network.blocks[index], cache = activations.blocks[index]
        let input = activations.streams[index].allRows, kept = residual(activations.streams[index], index)
        let output = activations.streams[index + 1]
        cache.resize(rows: sequences.rows, answers: answers(index))
        compute.forEachPart(of: sequences.rows, Sequences.run) { rows in
            let normed = cache.normed1.rows(rows)
            compute.layerNormForward(
                input[rows], weight: block.norm1.weight, bias: block.norm1.bias, epsilon: epsilon, into: normed)
            compute.linearForward(normed, block.qkv, into: cache.qkv.rows(rows))
        }
        compute.attention(cache.qkv, shape(index), into: cache.heads, scratch: activations.attention)
        compute.forEachPart(of: answers(index), Sequences.run) { rows in
            let mid = cache.mid.rows(rows), out = output.rows(rows), normed = cache.normed2.rows(rows)
            let pre = cache.pre.rows(rows), act = cache.act.rows(rows)
            add(cache.heads.rows(rows), through: block.proj, to: kept[rows], branch: 2 * index, rows, index, into: mid)
            compute.layerNormForward(
                mid, weight: block.norm2.weight, bias: block.norm2.bias, epsilon: epsilon, into: normed)
            compute.linearForward(normed, block.fc1, into: pre)
            compute.geluForward(pre, into: act)
            add(act, through: block.fc2, to: mid, branch: 2 * index + 1, rows, index, into: out)
        }
    }

    /// y = residual + scale ⊙ linear(x), the scale being drop path's.
    private func add(
        _ x: MatrixRows, through layer: TrainableLinear, to residual: MatrixRows, branch: Int, _ rows: Range<Int>,
        _ block: Int, into y: MatrixRows
    ) {
        guard let dropPath else {
            compute.copy(residual, into: y)
            compute.linearForward(x, layer, into: y, adding: true)
            return
        }
        let branchOut = Matrix(columns: y.columns)
        branchOut.resize(rows: rows.count)
        compute.linearForward(x, layer, into: branchOut.allRows)
        compute.copy(residual, into: y)
        compute.add(
            branchOut.allRows, scales: dropPath.scales(branch, rows, perImage: answers(block) / sequences.images), to: y
        )
    }
}
