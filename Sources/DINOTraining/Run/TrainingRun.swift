import Foundation

/// A training from its first or any later step to its end: crops, rates, steps; saves, evaluations, log and report.
///
/// Not for use from two threads at once. What is learnt depends on the recipe and the crops alone, whatever is saved,
/// evaluated or interrupted.
public final class TrainingRun {
    package let trainer: Trainer
    let schedule: RunSchedule
    let folder: RunFolder
    let settings: RunSettings
    let evaluation: (any TeacherEvaluation)?
    let tell: (RunEvent) -> Void
    /// What was done so far.
    public internal(set) var record: RunRecord
    let log: TrainingLog
    private let source: any CropSource
    private let stop: StopFlag
    private let cost: StepCost
    private var collapse: CollapseGuard
    private var window = MeasureWindow()
    var lastSave: Double
    private var lastEvaluation: Double
    private var lastReport: ContinuousClock.Instant?

    /// A run that goes on where `record` ended, with a trainer of that state and crops from its step on.
    ///
    /// - Throws: `TrainingError.output` where the folder cannot be written to.
    public init(
        _ trainer: Trainer, schedule: RunSchedule, record: RunRecord, source: any CropSource, folder: RunFolder,
        settings: RunSettings = RunSettings(), evaluation: (any TeacherEvaluation)? = nil, stop: StopFlag,
        tell: @escaping (RunEvent) -> Void
    ) throws(TrainingError) {
        try settings.check()
        self.trainer = trainer
        self.schedule = schedule
        self.record = record
        self.source = source
        self.folder = folder
        self.settings = settings
        self.evaluation = evaluation
        self.stop = stop
        self.tell = tell
        cost = StepCost(trainer.recipe)
        collapse = CollapseGuard(
            prototypes: trainer.recipe.head.outDim, warmup: schedule.warmup, memory: record.collapse)
        log = try TrainingLog(folder: folder, before: record.step)
        folder.removeUnfinished()
        lastSave = record.seconds
        lastEvaluation = record.evaluations.last?.seconds ?? -.infinity
        schedule.use(seconds: record.seconds)
    }

    /// Runs to the end, or until it is asked to stop; saves either way.
    ///
    /// - Throws: `TrainingError.notFinite` for a loss that is no number, and whatever crops, evaluation or disk throw;
    ///   the last checkpoint is then as it was.
    public func run() throws(TrainingError) -> RunEnding {
        do throws(TrainingError) {
            return try steps()
        } catch {
            // Where the disk is what failed, the page stays as it was.
            try? report(nil, failure: error)
            throw error
        }
    }

    private func steps() throws(TrainingError) -> RunEnding {
        try evaluateIfDue()
        while !schedule.isDone(step: trainer.step) {
            if stop.isSet { return try end(.stopped) }
            if let found = try step(), settings.stopsOnCollapse { return try end(.collapsed(found)) }
            // Before saving: what a checkpoint's record holds is in the log up to its step, and nothing more.
            try evaluateIfDue()
            try saveIfDue()
            try reportIfDue()
        }
        return try end(isEvaluated ? .finished : .stopped)
    }

    private func end(_ ending: RunEnding) throws(TrainingError) -> RunEnding {
        if case .collapsed = ending {
            // The last state before it stays what a run goes on from.
            try save(as: folder.collapsed)
        } else {
            try save()
        }
        try report(ending)
        return ending
    }

    /// One step, measured; returns a collapse that begins.
    private func step() throws(TrainingError) -> Collapse? {
        let start = ContinuousClock.now, waited = source.waited
        let rates = schedule.rates(step: trainer.step), progress = schedule.progress(step: trainer.step)
        let batch = try source.next()
        let measures = try trainer.step(batch, rates)
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        record.step = trainer.step
        record.images += batch.images
        record.seconds += seconds
        schedule.use(seconds: record.seconds)

        let sizes = CropSizes(global: batch.groups[0].size, local: batch.groups.count > 1 ? batch.groups[1].size : 0)
        window.add(
            measures, images: batch.images, operations: Double(batch.images) * cost.operations(sizes), seconds: seconds,
            waited: (source.waited - waited) / .seconds(1))
        let means = window.means(rates)
        tell(.status(status(means)))
        if trainer.step % settings.logSteps == 0 || schedule.isDone(step: trainer.step) {
            var line = line
            line.steps = means
            try log.append(line)
            window = MeasureWindow()
        }
        return try watch(measures, progress: progress)
    }

    private func watch(_ measures: StepMeasures, progress: Double) throws(TrainingError) -> Collapse? {
        let found = collapse.observe(entropy: measures.teacherEntropy, kl: measures.kl, progress: progress)
        record.collapse = collapse.memory
        guard let found else { return nil }
        var line = line
        line.warning = found.description
        try log.append(line)
        tell(.collapsed(step: trainer.step, found))
        return found
    }

    /// Whether the teacher of a run that is done was evaluated, where it is to be.
    private var isEvaluated: Bool { evaluation == nil || record.evaluations.last?.step == record.step }

    /// Evaluates now and then and at the end; not where the run is to stop, and once for a step.
    private func evaluateIfDue() throws(TrainingError) {
        let isDue = record.seconds - lastEvaluation >= settings.evaluateMinutes * 60
        guard let evaluation, !isEvaluated, isDue || schedule.isDone(step: trainer.step) else { return }
        let knn: Double
        do throws(TrainingError) {
            knn = try evaluation.accuracy(trainer.teacherFeatures, stop: stop)
        } catch {
            guard error == .stopped else { throw error }
            return  // the run ends, and the one that goes on finds it due
        }
        lastEvaluation = record.seconds
        record.evaluations.append(
            .init(step: record.step, images: record.images, seconds: record.seconds, knn: knn))
        var line = line
        line.knn = knn
        try log.append(line)
        tell(.evaluated(step: record.step, knn: knn))
    }

    private func reportIfDue() throws(TrainingError) {
        let now = ContinuousClock.now
        if let lastReport, now - lastReport < .seconds(settings.reportSeconds) { return }
        lastReport = now
        try report(nil)
    }
}
