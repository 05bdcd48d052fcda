public import DINO

/// Everything that decides what a training does, under the names and defaults of `main_dino.py`.
///
/// Stored in checkpoints and in the trained model's provenance.
public struct Recipe: Codable, Sendable, Equatable {
    /// The network's shape.
    public struct Network: Codable, Sendable, Equatable {
        /// The width of a token, `D`.
        public var embedDim = 384
        /// The number of blocks.
        public var depth = 12
        /// Attention heads, `H`.
        public var heads = 6
        /// The side of a patch in pixels.
        public var patchSize = 16
        /// The feed-forward layers' width over `D`.
        public var mlpRatio = 4.0

        /// ViT-S/16.
        public init() {}
    }

    /// The projection head (`DINOHead`).
    public struct Head: Codable, Sendable, Equatable {
        /// Prototypes, `K`: `--out_dim`.
        public var outDim = 65536
        /// The width of the two hidden layers.
        public var hidden = 2048
        /// The width before the last layer.
        public var bottleneck = 256
        /// Whether the last layer's gains stay at 1: `--norm_last_layer`.
        public var normLastLayer = true

        /// The reference's head.
        public init() {}
    }

    /// The rule that turns gradients into steps.
    public enum Optimizer: String, Codable, Sendable, CaseIterable {
        /// AdamW, betas 0.9 and 0.999, eps 1e-8.
        case adamw
        /// SGD with momentum 0.9.
        case sgd
        /// LARS with momentum 0.9 and eta 0.001.
        case lars
    }

    /// The network's shape.
    public var network = Network()
    /// The side of the global crops that the positional embedding is made for, in pixels.
    public var imageSize = 224
    /// The projection head.
    public var head = Head()
    /// The chance that a residual branch of the last block is dropped for an image; earlier blocks' grow up to it.
    public var dropPathRate = 0.1

    /// Images of a step, `B`.
    public var batch = 64
    /// Passes over the images, where the training is bounded by them.
    public var epochs = 100.0
    /// The seed of initial weights, crops and drop path.
    public var seed: UInt64 = 0

    /// The optimiser.
    public var optimizer = Optimizer.adamw
    /// The learning rate at the end of the warm-up, for 256 images a step; it is scaled linearly with the batch.
    public var learningRate = 5e-4
    /// The learning rate towards the end: `--min_lr`.
    public var minLearningRate = 1e-6
    /// Epochs of linear warm-up, counted in the whole run: `--warmup_epochs`.
    public var warmupEpochs = 10.0
    /// Weight decay at the start and at the end.
    public var weightDecay = 0.04
    public var weightDecayEnd = 0.4
    /// The largest norm of a tensor's gradient, 0 for none.
    public var clipGrad = 3.0
    /// Epochs at the start in which the last layer stays as it is.
    public var freezeLastLayer = 1.0

    /// The teacher's momentum at the start; it ends at 1.
    public var momentumTeacher = 0.996
    /// The student's temperature.
    public var studentTemp = 0.1
    /// The teacher's temperature at the start and after the warm-up.
    public var warmupTeacherTemp = 0.04
    public var teacherTemp = 0.04
    /// Epochs of the teacher's temperature's warm-up.
    public var warmupTeacherTempEpochs = 0.0
    /// The centre's momentum.
    public var centerMomentum = 0.9
    /// Whether the teacher's answers are centred.
    public var centering = true

    /// The reference's defaults.
    public init() {}
}

extension Recipe {
    /// The backbone as the server will load it.
    public var architecture: Architecture {
        var shape = Architecture(
            family: .dino, embedDim: network.embedDim, depth: network.depth, heads: network.heads,
            patchSize: network.patchSize, gridSize: imageSize / network.patchSize)
        shape.hiddenDim = Int((Double(network.embedDim) * network.mlpRatio).rounded())
        return shape
    }
}
