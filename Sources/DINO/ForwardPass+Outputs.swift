import Tensors

/// What a batch gives once it has come through.
extension ForwardPass {
    /// The last block and the final norm, for every token or for CLS alone.
    func finish(_ outputs: FeatureOutputs, kept: [Tensor], keepLast: Bool) -> Features {
        let attention = outputs.clsAttention ? clsAttention() : nil
        let last = model.weights.blocks[model.architecture.depth - 1]
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
            attention: attention, norms: outputs.patchNorms ? patchNorms() : nil,
            lastBlocks: keepLast ? kept + [clsAndPatches()] : [])
    }

    /// (B, N): the lengths of the patches' tokens, which stand beside the normed ones still.
    private func patchNorms() -> Tensor {
        let rows = (0..<batch.images).flatMap { image in (batch.prefix..<batch.tokens).map { image * batch.tokens + $0 }
        }
        let norms = rows.map { row in
            workspace.tokens.withRow(row) { token in
                var square = 0.0
                for column in token.indices { square += Double(token[column]) * Double(token[column]) }
                return Float(square.squareRoot())
            }
        }
        return Tensor(shape: [batch.images, batch.patches], scalars: norms)
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
        cls: Tensor, patches: Tensor? = nil, registers: Tensor? = nil, attention: Tensor?, norms: Tensor? = nil,
        lastBlocks: [Tensor] = []
    ) -> Features {
        Features(
            gridHeight: batch.gridHeight, gridWidth: batch.gridWidth, cls: cls, patches: patches,
            registers: registers, clsAttention: attention, patchNorms: norms, lastBlocks: lastBlocks)
    }
}
