/// The shape of a Vision Transformer of the DINO family.
///
/// Letters: `D` width, `H` heads, `p` patch, `R` registers, `M` patches on a side of the trained grid.
public struct Architecture: Sendable, Equatable, Codable {
    /// The recipe a model comes from; it fixes the layers.
    public enum Family: String, Sendable, Codable {
        /// DINO (arXiv:2104.14294): no LayerScale, no registers.
        case dino
        /// DINOv2 (arXiv:2304.07193): LayerScale, perhaps registers, perhaps SwiGLU.
        case dinov2
    }

    /// The feed-forward half of a block.
    public enum FeedForward: String, Sendable, Codable {
        /// `fc2(gelu(fc1(x)))`
        case mlp
        /// `w3(silu(x₁) ⊙ x₂)` where `w12(x) = (x₁, x₂)`
        case swiglu
    }

    /// The recipe.
    public var family: Family
    /// The width of a token, `D`.
    public var embedDim: Int
    /// The number of blocks.
    public var depth: Int
    /// Attention heads, `H`; each is `D/H` wide.
    public var heads: Int
    /// The side of a patch in pixels, `p`.
    public var patchSize: Int
    /// Register tokens, `R`, between CLS and the patches.
    public var registers: Int
    /// The trained grid's side in patches, `M`.
    public var gridSize: Int
    /// The kind of feed-forward layers.
    public var feedForward: FeedForward
    /// The width inside a feed-forward layer.
    public var hiddenDim: Int
    /// Whether residual branches are scaled channel by channel.
    public var layerScale: Bool
    /// Whether the positional embedding has a row for CLS (timm's register models have none).
    public var positionForCLS: Bool
    /// The number that layer norms add to the variance.
    public var layerNormEpsilon: Float

    /// A published shape: heads as given, feed-forward layers four times as wide as a token, eps 1e-6.
    ///
    /// `family` decides LayerScale; the feed-forward layers are an MLP.
    public init(
        family: Family, embedDim: Int, depth: Int, heads: Int, patchSize: Int, registers: Int = 0, gridSize: Int
    ) {
        self.family = family
        self.embedDim = embedDim
        self.depth = depth
        self.heads = heads
        self.patchSize = patchSize
        self.registers = registers
        self.gridSize = gridSize
        feedForward = .mlp
        hiddenDim = 4 * embedDim
        layerScale = family == .dinov2
        positionForCLS = true
        layerNormEpsilon = 1e-6
    }

    /// Tokens before the patches: CLS and the registers.
    public var prefixTokens: Int { 1 + registers }

    /// The side in pixels of the images it was trained on.
    public var trainSize: Int { gridSize * patchSize }

    /// The number of learnt parameters the forward pass uses.
    public var parameterCount: Int {
        let d = embedDim, gate = feedForward == .swiglu ? 2 : 1
        let attention = 3 * d * d + 3 * d + d * d + d
        let feedForward = gate * hiddenDim * (d + 1) + d * hiddenDim + d
        let block = 4 * d + attention + feedForward + (layerScale ? 2 * d : 0)
        let positions = gridSize * gridSize + (positionForCLS ? 1 : 0)
        return depth * block + d * (3 * patchSize * patchSize + 1) + d * (1 + registers + positions) + 2 * d
    }
}
