import Tensors

/// The memory of a backward pass; every gradient is named after what it is the gradient of.
final class Backpropagation: Sendable {
    /// Gradients of the residual stream after, between and before a block's halves (R, D); they take turns.
    let streams: [Matrix]
    /// Gradients of q, k and v (R, 3D), of the heads' answers (A, D) and of fc1's result (A, 4D).
    let dqkv, dheads, dpre: Matrix
    /// What a residual branch gets where paths are dropped (A, D).
    let branches: [Matrix]
    /// The norms' gradients, weight and bias side by side, one row for each run of rows (runs, 2D).
    let norm1, norm2: Matrix
    let attention = AttentionScratch()
    /// Rows of a run on their way (threads × runs of 96).
    let inner: [Matrix]

    init(_ recipe: Recipe, threads: Int) {
        let d = recipe.network.embedDim
        streams = (0..<3).map { _ in Matrix(columns: d) }
        dqkv = Matrix(columns: 3 * d)
        dheads = Matrix(columns: d)
        dpre = Matrix(columns: recipe.architecture.hiddenDim)
        branches = (0..<2).map { _ in Matrix(columns: d) }
        norm1 = Matrix(columns: 2 * d)
        norm2 = Matrix(columns: 2 * d)
        inner = (0..<threads).map { _ in Matrix(columns: d) }
        for matrix in inner { matrix.resize(rows: Sequences.run) }
    }
}

extension Backbone {
    /// Adds to `gradients` what `dcls` (images, D), the gradient of the CLS features, makes of every parameter.
    func backward(dcls: MatrixRows, into gradients: ParameterBlock, _ work: Backpropagation) {
        let dlast = work.streams[0]
        dlast.resize(rows: sequences.images)
        compute.zero(dlast.allRows)
        compute.layerNormBackward(
            activations.streams[depth].allRows, dy: dcls, weight: network.norm.weight, epsilon: epsilon,
            into: dlast.allRows, dWeight: gradients.rows("backbone.norm.weight"),
            dBias: gradients.rows("backbone.norm.bias"))
        var turn = 0
        for block in (0..<depth).reversed() {
            let streams = (0..<3).map { work.streams[(turn + $0) % 3] }
            backward(block, dout: streams[0], dmid: streams[1], din: streams[2], gradients, work)
            turn += 2
        }
        embedBackward(work.streams[turn % 3], into: gradients)
    }

    /// The feed-forward half and the projection, the attention, norm1 and qkv, and then all weights at once.
    private func backward(
        _ index: Int, dout: Matrix, dmid: Matrix, din: Matrix, _ gradients: ParameterBlock, _ work: Backpropagation
    ) {
        let cache = activations.blocks[index], answers = answers(index)
        for matrix in [dmid, work.dheads, work.dpre] + work.branches { matrix.resize(rows: answers) }
        for matrix in [din, work.dqkv] { matrix.resize(rows: sequences.rows) }
        let dbranch2 = dropPath == nil ? dout : work.branches[1], dbranch1 = dropPath == nil ? dmid : work.branches[0]
        work.norm2.resize(rows: runs(answers))
        work.norm1.resize(rows: runs(sequences.rows))

        forEachRun(of: answers) { rows, run, thread in
            feedForwardBackward(index, rows, run, dout: dout, dmid: dmid, dbranch2, dbranch1, work.inner[thread], work)
        }
        compute.attentionBackward(
            cache.qkv, shape(index), out: cache.heads, dout: work.dheads, into: work.dqkv, scratch: work.attention)
        forEachRun(of: sequences.rows) { rows, run, thread in
            attentionInputBackward(index, rows, run, dmid: dmid, din: din, work.inner[thread], work)
        }
        accumulateWeights(index, dbranch1, dbranch2, gradients, work)
    }

    private func runs(_ rows: Int) -> Int { (rows + Sequences.run - 1) / Sequences.run }

    private func forEachRun(of rows: Int, _ body: @Sendable (_ rows: Range<Int>, _ run: Int, _ thread: Int) -> Void) {
        compute.forEach(runs(rows)) { run, thread in
            body(run * Sequences.run..<min((run + 1) * Sequences.run, rows), run, thread)
        }
    }

    private func feedForwardBackward(
        _ index: Int, _ rows: Range<Int>, _ run: Int, dout: Matrix, dmid: Matrix, _ dbranch2: Matrix,
        _ dbranch1: Matrix, _ inner: Matrix, _ work: Backpropagation
    ) {
        let block = network.blocks[index], cache = activations.blocks[index]
        let dpre = work.dpre.rows(rows), dnormed = inner.rows(0..<rows.count)
        scale(dout, into: dbranch2, branch: 2 * index + 1, rows, index)
        compute.linearBackward(dbranch2.rows(rows), block.fc2, into: dpre)
        compute.geluBackward(cache.pre.rows(rows), dy: dpre, into: dpre)
        compute.linearBackward(dpre, block.fc1, into: dnormed)
        compute.copy(dout.rows(rows), into: dmid.rows(rows))
        normBackward(cache.mid.rows(rows), dnormed, block.norm2, into: dmid.rows(rows), work.norm2, run)
        scale(dmid, into: dbranch1, branch: 2 * index, rows, index)
        compute.linearBackward(dbranch1.rows(rows), block.proj, into: work.dheads.rows(rows))
    }

    private func attentionInputBackward(
        _ index: Int, _ rows: Range<Int>, _ run: Int, dmid: Matrix, din: Matrix, _ inner: Matrix,
        _ work: Backpropagation
    ) {
        let block = network.blocks[index], dnormed = inner.rows(0..<rows.count)
        compute.linearBackward(work.dqkv.rows(rows), block.qkv, into: dnormed)
        if isLast(index) {
            compute.zero(din.rows(rows))
            for row in rows where row % sequences.tokens == 0 {
                let image = row / sequences.tokens
                compute.copy(dmid.rows(image..<image + 1), into: din.rows(row..<row + 1))
            }
        } else {
            compute.copy(dmid.rows(rows), into: din.rows(rows))
        }
        normBackward(activations.streams[index].rows(rows), dnormed, block.norm1, into: din.rows(rows), work.norm1, run)
    }

    private func scale(_ x: Matrix, into y: Matrix, branch: Int, _ rows: Range<Int>, _ block: Int) {
        guard let dropPath else { return }
        let perImage = answers(block) / sequences.images
        compute.copy(x.rows(rows), scales: dropPath.scales(branch, rows, perImage: perImage), into: y.rows(rows))
    }

    private func normBackward(
        _ x: MatrixRows, _ dy: MatrixRows, _ norm: Network.Norm, into dx: MatrixRows, _ sums: Matrix, _ run: Int
    ) {
        let row = sums.rows(run..<run + 1), d = x.columns
        compute.zero(row)
        compute.layerNormBackward(
            x, dy: dy, weight: norm.weight, epsilon: epsilon, into: dx, dWeight: row.columns(0..<d),
            dBias: row.columns(d..<2 * d))
    }

    private func accumulateWeights(
        _ index: Int, _ dbranch1: Matrix, _ dbranch2: Matrix, _ gradients: ParameterBlock, _ work: Backpropagation
    ) {
        let cache = activations.blocks[index], name = "backbone.blocks.\(index)", d = recipe.network.embedDim
        func gradient(_ layer: String, dy: Matrix, x: Matrix, biased: Bool = true) -> WeightGradient {
            WeightGradient(
                dy: dy.allRows, x: x.allRows, dWeight: gradients.rows("\(name).\(layer).weight"),
                dBias: biased ? gradients.rows("\(name).\(layer).bias") : nil, precision: network.precision)
        }
        // A key's bias adds the same to all scores of a query: its gradient is zero, and the rounding of that zero,
        // which AdamW would blow up to whole steps, is not computed.
        func bias(_ columns: Range<Int>) -> @Sendable () -> Void {
            let sums = gradients.rows("\(name).attn.qkv.bias").columns(columns)
            return { [compute] in compute.addColumns(of: work.dqkv.allRows.columns(columns), to: sums) }
        }
        func sums(_ layer: String, _ parts: Matrix) -> @Sendable () -> Void {
            let weight = gradients.rows("\(name).\(layer).weight"), bias = gradients.rows("\(name).\(layer).bias")
            return { [compute] in
                compute.addColumns(of: parts.allRows.columns(0..<d), to: weight)
                compute.addColumns(of: parts.allRows.columns(d..<2 * d), to: bias)
            }
        }
        compute.accumulate(
            [
                gradient("mlp.fc1", dy: work.dpre, x: cache.normed2), gradient("mlp.fc2", dy: dbranch2, x: cache.act),
                gradient("attn.qkv", dy: work.dqkv, x: cache.normed1, biased: false),
                gradient("attn.proj", dy: dbranch1, x: cache.heads),
            ],
            then: [
                bias(0..<d), bias(2 * d..<3 * d), sums("norm1", work.norm1), sums("norm2", work.norm2),
            ])
    }

    /// CLS, positions and PatchEmbed, from the gradient of the first stream (R, D).
    private func embedBackward(_ dstream: Matrix, into gradients: ParameterBlock) {
        let tokens = sequences.tokens, d = recipe.network.embedDim
        let sums = Matrix(columns: d)
        sums.resize(rows: tokens)
        compute.zero(sums.allRows)
        compute.forEachPart(of: tokens, 8) { range in
            for token in range {
                let rows = dstream.rows(token..<dstream.rows).everyRow(tokens)
                compute.addColumns(of: rows, to: sums.rows(token..<token + 1))
            }
        }
        let drows = Tensor(shape: [tokens, d], scalars: sums.copy(rows: 0..<tokens))
        gradients.rows("backbone.cls_token").add(Tensor(shape: [1, d], scalars: Array(drows.scalars.prefix(d))))
        let trained = recipe.imageSize / recipe.network.patchSize
        gradients.rows("backbone.pos_embed").add(Positions.gradient(drows, grid: sequences.grid, trained: trained))
        // The rows of zeros that CLS has in `unfolded` add nothing to dW; the bias leaves CLS out by hand.
        compute.addColumns(of: sums.rows(1..<tokens), to: gradients.rows("backbone.patch_embed.proj.bias"))
        compute.accumulate([
            WeightGradient(
                dy: dstream.allRows, x: activations.unfolded.allRows,
                dWeight: gradients.rows("backbone.patch_embed.proj.weight"), dBias: nil, precision: network.precision)
        ])
    }
}
