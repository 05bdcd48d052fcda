import DINO
import Tensors

/// What a forward pass that answers for CLS alone has to do: its operations and the bytes it moves at least.
///
/// Operations are those of the matrix products, a multiplication and an addition counted as two; in the last block the
/// projection and the feed-forward layers have one token an image. Bytes: the weights once for a batch, in the
/// precision's width, and what each layer reads and writes of the tokens, in float32.
struct ForwardCost {
    /// Operations of the whole batch.
    let operations: Double
    private let weights, tokenBytes: Double

    init(_ architecture: Architecture, size: Int, batch: Int) {
        let d = Double(architecture.embedDim), hidden = Double(architecture.hiddenDim)
        let side = Double(size / architecture.patchSize), patches = side * side
        let tokens = patches + Double(architecture.prefixTokens)
        let pixels = 3 * Double(architecture.patchSize * architecture.patchSize)
        let depth = Double(architecture.depth)
        func block(answers: Double) -> Double {
            2 * tokens * d * 3 * d + 4 * answers * tokens * d + 2 * answers * d * d + 4 * answers * d * hidden
        }
        operations =
            Double(batch) * (2 * patches * pixels * d + (depth - 1) * block(answers: tokens) + block(answers: 1))
        weights = d * pixels + depth * (4 * d * d + 2 * d * hidden)
        // Layer norms: in and out; qkv 1 + 3; attention 3 + 1; its projection in, and the residual in and out; likewise MLP.
        let moved = 2 * 2 * d + 4 * d + 4 * d + 3 * d + (d + hidden) + (hidden + 2 * d)
        tokenBytes = Double(batch) * 4 * (2 * patches * pixels + depth * tokens * moved)
    }

    /// Bytes that the batch moves at least.
    func bytes(_ precision: Precision) -> Double {
        let width: Double =
            switch precision {
            case .fp32: 4;
            case .bf16: 2;
            case .int8: 1
            }
        return weights * width + tokenBytes
    }
}
