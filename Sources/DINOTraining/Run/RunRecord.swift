public import Tensors

/// What a run has done so far: the part of a checkpoint that is not tensors.
public struct RunRecord: Codable, Sendable, Equatable {
    /// What is trained on; a run goes on only with the same.
    public struct Dataset: Codable, Sendable, Equatable {
        /// The folder or archive as it was given, for the reader.
        public var source: String
        /// How many photographs there are.
        public var images: Int
        /// The shorter side in pixels that photographs were reduced to beforehand; nil where they were not.
        public var side: Int?
        /// A hash of the photographs' names and lengths; nil in checkpoints of before there was one.
        public var fingerprint: String?

        /// A set of photographs.
        public init(source: String, images: Int, side: Int? = nil, fingerprint: String? = nil) {
            self.source = source
            self.images = images
            self.side = side
            self.fingerprint = fingerprint
        }
    }

    /// One evaluation of the teacher.
    public struct Evaluation: Codable, Sendable, Equatable {
        /// The steps done by then.
        public var step: Int
        /// The images seen by then.
        public var images: Int
        /// The seconds of training by then.
        public var seconds: Double
        /// The share of held-out images, 0 to 1, that 20 nearest neighbours classify rightly.
        public var knn: Double

        /// An evaluation.
        public init(step: Int, images: Int, seconds: Double, knn: Double) {
            (self.step, self.images, self.seconds, self.knn) = (step, images, seconds, knn)
        }
    }

    /// What is trained on.
    public var dataset: Dataset
    /// The arithmetic of the newest steps.
    public var precision: Precision
    /// The steps done.
    public var step = 0
    /// The images seen, each time counted.
    public var images = 0
    /// The seconds of training, without evaluating and saving.
    public var seconds = 0.0
    /// The evaluations so far.
    public var evaluations: [Evaluation] = []
    /// What the guard against collapses knows; nil before the first step, and in checkpoints of before it was kept.
    package var collapse: CollapseGuard.Memory?

    /// The record of a run that begins.
    public init(dataset: Dataset, precision: Precision) {
        self.dataset = dataset
        self.precision = precision
    }
}
