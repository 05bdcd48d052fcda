import Foundation
public import Tensors

/// Small trainings of one recipe with one thing changed each, from the same initial weights and on the same crops.
///
/// Cost: `steps` training steps for each variant. Memory: one trainer at a time.
public struct Ablation: Sendable {
    /// The recipe that is changed.
    public var recipe: Recipe
    /// The steps of each training.
    public var steps: Int
    /// The arithmetic.
    public var precision: Precision

    /// The course of one training.
    public struct Course: Sendable {
        /// The training.
        public let variant: AblationVariant
        /// Every step's measures.
        public let measures: [StepMeasures]
        /// What it came to.
        public let outcome: AblationOutcome
    }

    /// Trainings of `steps` steps of `recipe`.
    public init(recipe: Recipe, steps: Int, precision: Precision = .fp32) {
        self.recipe = recipe
        self.steps = steps
        self.precision = precision
    }

    /// The recipe of the figure in the documentation: a network that learns something of CIFAR-10 within minutes.
    public static var recipe: Recipe {
        var recipe = Recipe()
        recipe.network.embedDim = 96
        recipe.network.depth = 4
        recipe.network.heads = 3
        recipe.network.patchSize = 4
        recipe.network.mlpRatio = 2
        recipe.imageSize = 32
        recipe.head.outDim = 256
        recipe.head.hidden = 256
        recipe.head.bottleneck = 128
        recipe.crops.globalSize = 32
        recipe.crops.localSize = 16
        recipe.crops.localNumber = 2
        recipe.augmentation.blur = [0, 0, 0]
        recipe.dropPathRate = 0
        recipe.batch = 64
        recipe.learningRate = 4e-3  // for 256 images: 1e-3 for the batch of 64
        recipe.momentumTeacher = 0.99
        recipe.freezeLastLayer = 0
        recipe.epochs = 1
        recipe.warmupEpochs = 0.1
        return recipe
    }

    /// Runs the variants one after the other, every schedule from its start to its end.
    ///
    /// - Parameters:
    ///   - evaluation: what measures the teacher of each training at its end; nil leaves it out.
    ///   - stop: asked before each step, and by the evaluation; what is under way is given up when it is set.
    /// - Throws: what crops and steps throw; `TrainingError.stopped` after `stop`.
    public func run(
        _ variants: [AblationVariant], on store: ImageStore, compute: Compute, workers: Int, stop: StopFlag,
        evaluation: (any TeacherEvaluation)?, progress: (AblationVariant, StepMeasures) -> Void
    ) throws(TrainingError) -> [Course] {
        var courses: [Course] = []
        for variant in variants {
            courses.append(
                try course(variant, store, compute, workers, stop, evaluation) { progress(variant, $0) })
        }
        return courses
    }

    private func course(
        _ variant: AblationVariant, _ store: ImageStore, _ compute: Compute, _ workers: Int, _ stop: StopFlag,
        _ evaluation: (any TeacherEvaluation)?, progress: (StepMeasures) -> Void
    ) throws(TrainingError) -> Course {
        let recipe = variant.applied(to: recipe), crops = recipe.crops
        let trainer = try Trainer(recipe, precision: precision, on: compute)
        let schedules = Schedules(recipe, stepsPerEpoch: steps)
        let loader = CropLoader(store, recipe: recipe, firstStep: 0, threads: workers) { _ in
            CropSizes(global: crops.globalSize, local: crops.localSize)
        }
        defer { loader.stop() }
        var measures: [StepMeasures] = []
        for step in 0..<steps {
            guard !stop.isSet else { throw .stopped }
            let rates = schedules.rates(progress: Double(step) / Double(steps))  // whatever the recipe's epochs
            measures.append(try trainer.step(try loader.next(), rates))
            progress(measures[step])
        }
        let end = measures.suffix(max(1, steps / 10)), count = Double(end.count)
        let outcome = AblationOutcome(
            variant: variant, entropy: end.reduce(0) { $0 + $1.teacherEntropy } / count,
            kl: end.reduce(0) { $0 + $1.kl } / count, lnK: log(Double(recipe.head.outDim)),
            knn: try evaluation.map { (evaluation) throws(TrainingError) in
                100 * (try evaluation.accuracy(trainer.teacherFeatures, stop: stop))
            })
        return Course(variant: variant, measures: measures, outcome: outcome)
    }
}
