import Foundation

/// The rates of one step.
public struct Rates: Sendable, Equatable, Codable {
    /// The learning rate.
    public var learningRate: Double
    /// Weight decay of the regularised parameters.
    public var weightDecay: Double
    /// The teacher's momentum.
    public var momentum: Double
    /// The teacher's temperature.
    public var teacherTemp: Double
    /// Whether the last layer stays as it is in this step.
    public var lastLayerFrozen: Bool

    /// Rates set one by one.
    public init(
        learningRate: Double, weightDecay: Double, momentum: Double, teacherTemp: Double, lastLayerFrozen: Bool
    ) {
        self.learningRate = learningRate
        self.weightDecay = weightDecay
        self.momentum = momentum
        self.teacherTemp = teacherTemp
        self.lastLayerFrozen = lastLayerFrozen
    }
}

/// The schedules of `main_dino.py` as functions of progress.
///
/// The reference tabulates E epochs of n iterations. Where both are whole numbers, `rates(step:)` is its table; where a
/// run is bounded by time, `rates(progress:)` takes the share of the run that is done.
public struct Schedules: Sendable {
    private let recipe: Recipe
    private let stepsPerEpoch: Int
    /// The steps of the whole run.
    public let steps: Int

    /// The schedules of a run of `recipe.epochs` epochs of `stepsPerEpoch` steps.
    public init(_ recipe: Recipe, stepsPerEpoch: Int) {
        self.recipe = recipe
        self.stepsPerEpoch = stepsPerEpoch
        steps = max(1, Int((recipe.epochs * Double(stepsPerEpoch)).rounded()))
    }

    /// `utils.cosine_scheduler`: linear from 0 over the warm-up, whose last step has `base`, then a half cosine
    /// towards `final`, which it never reaches.
    ///
    /// - Parameters: positions and lengths in steps; they need not be whole.
    static func cosine(_ base: Double, _ final: Double, at step: Double, of steps: Double, warmup: Double = 0) -> Double
    {
        if step < warmup { return warmup > 1 ? base * min(step / (warmup - 1), 1) : 0 }
        return final + 0.5 * (base - final) * (1 + cos(.pi * (step - warmup) / max(steps - warmup, 1)))
    }

    /// The rates of a step of the whole run.
    public func rates(step: Int) -> Rates { rates(at: Double(step)) }

    /// The rates when a share of the run, 0 to 1, is done.
    public func rates(progress: Double) -> Rates { rates(at: min(max(progress, 0), 1) * Double(steps)) }

    private func rates(at step: Double) -> Rates {
        let perEpoch = Double(stepsPerEpoch), total = Double(steps)
        let epoch = (step / perEpoch).rounded(.down)
        return Rates(
            learningRate: Self.cosine(
                recipe.learningRate * Double(recipe.batch) / 256, recipe.minLearningRate, at: step, of: total,
                warmup: (recipe.warmupEpochs * perEpoch).rounded(.down)),
            weightDecay: Self.cosine(recipe.weightDecay, recipe.weightDecayEnd, at: step, of: total),
            momentum: Self.cosine(recipe.momentumTeacher, recipe.momentumTeacherEnd, at: step, of: total),
            teacherTemp: teacherTemp(epoch: epoch),
            lastLayerFrozen: step < recipe.freezeLastLayer * perEpoch)
    }

    /// `linspace(warmupTeacherTemp, teacherTemp, W)` by whole epochs, then `teacherTemp`.
    private func teacherTemp(epoch: Double) -> Double {
        let warmup = recipe.warmupTeacherTempEpochs.rounded(.down)
        guard epoch < warmup else { return recipe.teacherTemp }
        let share = warmup > 1 ? epoch / (warmup - 1) : 0
        return recipe.warmupTeacherTemp + share * (recipe.teacherTemp - recipe.warmupTeacherTemp)
    }
}
