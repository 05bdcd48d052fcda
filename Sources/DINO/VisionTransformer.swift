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
    /// The most tokens an image may have, CLS and registers included, and that go through a block at once: the bound
    /// on memory.
    public let maximumTokens: Int
    /// The arithmetic of its products.
    public let precision: Precision
    let weights: Weights
    let compute: Compute
    private let workspace: Mutex<Workspace>

    /// A model with the weights of a checkpoint.
    ///
    /// - Precondition: the architecture has at least one block.
    public init(
        _ checkpoint: Checkpoint, _ architecture: Architecture, interpolation: PositionInterpolation,
        maximumTokens: Int = 8192, precision: Precision = .fp32, on compute: Compute
    ) throws {
        precondition(architecture.depth > 0, "a Vision Transformer without blocks")
        self.architecture = architecture
        self.maximumTokens = maximumTokens
        self.compute = compute
        self.precision = precision
        weights = try Weights(checkpoint, architecture, interpolation, precision, on: compute)
        workspace = Mutex(Workspace(architecture, threads: compute.threads))
    }

    /// The features of a batch of images (B, 3, height, width), normalised pixels, channels first.
    ///
    /// Both sides must be multiples of the patch. With only CLS asked for, the last block's feed-forward layers run
    /// on CLS alone, which saves about 7 % for a small model. A batch of more than `maximumTokens` goes in parts.
    public func forward(_ input: Tensor, outputs: FeatureOutputs = .init()) throws(ModelError) -> Features {
        let batch = try Batch(input, architecture, maximumTokens: maximumTokens)
        let together = maximumTokens / batch.tokens
        guard batch.images > together else { return forward(input, batch, outputs) }
        let length = input.count / batch.images
        let parts = stride(from: 0, to: batch.images, by: together).map { first in
            let images = min(together, batch.images - first)
            let part = Tensor(
                shape: [images] + input.shape.dropFirst(),
                scalars: Array(input.scalars[first * length..<(first + images) * length]))
            return forward(part, batch.with(images: images), outputs)
        }
        return Features(joining: parts)
    }

    private func forward(_ input: Tensor, _ batch: Batch, _ outputs: FeatureOutputs) -> Features {
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
struct Batch: Sendable {
    private(set) var images: Int
    let gridHeight, gridWidth, prefix: Int

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

    /// The same for another number of images.
    func with(images: Int) -> Batch {
        var batch = self
        batch.images = images
        return batch
    }
}
