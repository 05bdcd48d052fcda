public import Checkpoints
import Synchronization
public import Tensors

/// A Vision Transformer of the DINO family, ready to run.
///
/// One pass runs at a time, on all threads of its `Compute`; further callers wait. Calls block: make them off the
/// cooperative pool.
///
/// Names follow the reference (`facebookresearch/dino/vision_transformer.py`): `PatchEmbed`, `Block`, `Attention`.
public final class VisionTransformer: Sendable {
    /// The model's shape.
    public let architecture: Architecture
    /// The most tokens an image may have, CLS and registers included: a bound on memory and time.
    public let maximumTokens: Int
    let weights: Weights
    let compute: Compute
    private let workspace: Mutex<Workspace>

    /// A model with the weights of a checkpoint.
    public init(
        _ checkpoint: Checkpoint, _ architecture: Architecture, interpolation: PositionInterpolation,
        maximumTokens: Int = 8192, on compute: Compute
    ) throws {
        self.architecture = architecture
        self.maximumTokens = maximumTokens
        self.compute = compute
        weights = try Weights(checkpoint, architecture, interpolation, on: compute)
        workspace = Mutex(Workspace(architecture, threads: compute.threads))
    }

    /// The features of a batch of images (B, 3, height, width), normalised pixels, channels first.
    ///
    /// Both sides must be multiples of the patch. With only CLS asked for, the last block's feed-forward layers run
    /// on CLS alone, which saves about 7 % for a small model.
    public func forward(_ input: Tensor, outputs: FeatureOutputs = .init()) throws(ModelError) -> Features {
        let batch = try Batch(input, architecture, maximumTokens: maximumTokens)
        let lastBlocks = min(max(outputs.lastBlocks, 0), architecture.depth)
        return workspace.withLock { workspace in
            let pass = ForwardPass(model: self, batch: batch, workspace: workspace)
            pass.embed(input)
            pass.prepareAttention(block: 0)
            var kept: [Tensor] = []
            for block in 0..<architecture.depth - 1 {
                pass.run(block: block)
                if block >= architecture.depth - lastBlocks { kept.append(pass.normalizedTokens()) }
            }
            return pass.finish(outputs, kept: kept, keepLast: lastBlocks > 0)
        }
    }
}

/// The shape of one batch.
struct Batch {
    let images, gridHeight, gridWidth, prefix: Int

    var patches: Int { gridHeight * gridWidth }
    var tokens: Int { prefix + patches }

    init(_ input: Tensor, _ architecture: Architecture, maximumTokens: Int) throws(ModelError) {
        let shape = input.shape, patch = architecture.patchSize
        guard shape.count == 4, shape[0] > 0, shape[1] == 3 else {
            throw .input("an input has shape (images, 3, height, width), not \(shape)")
        }
        guard shape[2] >= patch, shape[3] >= patch, shape[2] % patch == 0, shape[3] % patch == 0 else {
            throw .input("an input of \(shape[2])×\(shape[3]) is no multiple of the patch, \(patch)×\(patch)")
        }
        images = shape[0]
        gridHeight = shape[2] / patch
        gridWidth = shape[3] / patch
        prefix = architecture.prefixTokens
        guard tokens <= maximumTokens else {
            throw .input("an image of \(shape[2])×\(shape[3]) is \(tokens) tokens; at most \(maximumTokens) are taken")
        }
    }
}

/// The memory of a forward pass, kept from pass to pass.
final class Workspace {
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
    /// Positional embeddings by grid, a few of the latest.
    var positions: [(height: Int, width: Int, rows: Tensor)] = []

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

    /// The positional embedding for a grid, interpolated once.
    func positions(height: Int, width: Int, of embedding: PositionEmbedding) -> Tensor {
        if let known = positions.first(where: { $0.height == height && $0.width == width }) { return known.rows }
        let rows = embedding.rows(height: height, width: width)
        if positions.count == 8 { positions.removeFirst() }
        positions.append((height, width, rows))
        return rows
    }
}
