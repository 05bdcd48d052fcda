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

    /// The crops a step makes of an image, in the order two global views, then local ones.
    public struct Crops: Codable, Sendable, Equatable {
        /// The side of a global crop in pixels.
        public var globalSize = 224
        /// The least and the largest share of the image's area that a global crop covers: `--global_crops_scale`.
        public var globalScale = Scale(0.4, 1)
        /// Local views of an image: `--local_crops_number`.
        public var localNumber = 8
        /// The side of a local crop in pixels.
        public var localSize = 96
        /// The least and the largest share of the image's area that a local crop covers: `--local_crops_scale`.
        public var localScale = Scale(0.05, 0.4)
        /// Smaller crops for the first part of a run, where images are cheap; none in the reference.
        public var early: Early?

        /// The reference's crops.
        public init() {}

        /// A range of shares of an area.
        public struct Scale: Codable, Sendable, Equatable {
            /// The ends of the range, within 0 and 1.
            public var least, largest: Double

            /// The range from `least` to `largest`.
            public init(_ least: Double, _ largest: Double) {
                self.least = least
                self.largest = largest
            }
        }

        /// Crops of other sizes until a share of the run is done (progressive resolution).
        public struct Early: Codable, Sendable, Equatable {
            /// The share of the run, 0 to 1.
            public var until: Double
            /// The sides of global and local crops in pixels.
            public var globalSize, localSize: Int

            /// Crops of `globalSize` and `localSize` until `until` of the run.
            public init(until: Double, globalSize: Int, localSize: Int) {
                self.until = until
                self.globalSize = globalSize
                self.localSize = localSize
            }
        }
    }

    /// How a crop is changed, in the reference's order: flip, jitter, grey, blur, solarise.
    public struct Augmentation: Codable, Sendable, Equatable {
        /// The chance of a horizontal flip.
        public var flip = 0.5
        /// The chance that a crop's colours are jittered.
        public var jitter = 0.8
        /// How far brightness is jittered: a factor from 1 - this to 1 + this.
        public var brightness = 0.4
        /// How far contrast is jittered: a factor.
        public var contrast = 0.4
        /// How far saturation is jittered: a factor.
        public var saturation = 0.2
        /// How far the hue is jittered: a turn from -this to this.
        public var hue = 0.1
        /// The chance that a crop becomes grey.
        public var gray = 0.2
        /// The chances of a blur of the first global, the second global and a local crop.
        public var blur = [1.0, 0.1, 0.5]
        /// The least and the largest deviation of a blur in pixels of a global crop of 224.
        public var blurSigma = [0.1, 2.0]
        /// The chance that the second global crop is solarised.
        public var solarize = 0.2

        /// The reference's augmentation.
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

    /// The crops of an image.
    public var crops = Crops()
    /// How crops are changed.
    public var augmentation = Augmentation()

    /// Images of a step, `B`.
    public var batch = 64
    /// Passes over the images, where the training is bounded by them.
    public var epochs = 100.0
    /// Hours of training, where it is bounded by time; the schedules then run over that time instead of the epochs.
    public var hours: Double?
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
    /// Weight decay at the start.
    public var weightDecay = 0.04
    /// Weight decay towards the end.
    public var weightDecayEnd = 0.4
    /// The largest norm of a tensor's gradient, 0 for none.
    public var clipGrad = 3.0
    /// Epochs at the start in which the last layer stays as it is.
    public var freezeLastLayer = 1.0

    /// The teacher's momentum at the start.
    public var momentumTeacher = 0.996
    /// The teacher's momentum towards the end: 1 in the reference.
    public var momentumTeacherEnd = 1.0
    /// The student's temperature.
    public var studentTemp = 0.1
    /// The teacher's temperature at the start.
    public var warmupTeacherTemp = 0.04
    /// The teacher's temperature after its warm-up.
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
