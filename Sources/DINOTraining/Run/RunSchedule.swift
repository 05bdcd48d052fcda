import Synchronization

/// How far a run is, and what follows from it: rates, sizes of crops, the end.
///
/// By epochs it is a function of the step alone. By hours it is the share of the training time that is used up, which
/// the run tells; both go from 0 to 1, so that every schedule is run through whatever the bound.
public final class RunSchedule: Sendable {
    /// The recipe.
    public let recipe: Recipe
    /// The steps of one pass over the images.
    public let stepsPerEpoch: Int
    private let schedules: Schedules
    private let secondsUsed = Mutex(0.0)

    /// The schedule of a run whose passes over the images take `stepsPerEpoch` steps.
    ///
    /// - Parameter seconds: the training time of the runs that this one continues.
    public init(_ recipe: Recipe, stepsPerEpoch: Int, seconds: Double = 0) throws(TrainingError) {
        try recipe.check()
        guard stepsPerEpoch > 0 else { throw .recipe("a batch of \(recipe.batch) is more than there are images") }
        guard recipe.epochs * Double(stepsPerEpoch) < 1e12 else {
            throw .recipe("--epochs \(recipe.epochs) are more steps than anybody can wait for")
        }
        self.recipe = recipe
        self.stepsPerEpoch = stepsPerEpoch
        schedules = Schedules(recipe, stepsPerEpoch: stepsPerEpoch)
        secondsUsed.withLock { $0 = seconds }
    }

    /// The steps of the whole run; nil where time bounds it.
    public var steps: Int? { recipe.hours == nil ? schedules.steps : nil }

    /// The training time of the whole run in seconds; nil where steps bound it.
    var budget: Double? { recipe.hours.map { $0 * 3600 } }

    /// Tells how much training time is used up.
    package func use(seconds: Double) { secondsUsed.withLock { $0 = seconds } }

    /// The share of the run, 0 to 1, that is done when `step` begins.
    public func progress(step: Int) -> Double {
        guard let budget else { return min(Double(step) / Double(schedules.steps), 1) }
        return min(secondsUsed.withLock { $0 } / budget, 1)
    }

    /// Whether nothing is left to do when `step` would begin.
    package func isDone(step: Int) -> Bool { progress(step: step) >= 1 }

    /// The rates of a step.
    package func rates(step: Int) -> Rates {
        recipe.hours == nil ? schedules.rates(step: step) : schedules.rates(progress: progress(step: step))
    }

    /// The sizes of a step's crops.
    public func sizes(step: Int) -> CropSizes {
        if let early = recipe.crops.early, progress(step: step) < early.until {
            return CropSizes(global: early.globalSize, local: early.localSize)
        }
        return CropSizes(global: recipe.crops.globalSize, local: recipe.crops.localSize)
    }

    /// The share of the run that warming up takes, 0 to 1.
    var warmup: Double { recipe.warmupEpochs / recipe.epochs }
}
