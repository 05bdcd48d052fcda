import Foundation

/// What a run leaves behind: checkpoints, lines, the report.
extension TrainingRun {
    /// Saves where it is due, under the name of an epoch too where that one is to be kept.
    func saveIfDue() throws(TrainingError) {
        let period = settings.keepEpochs * schedule.stepsPerEpoch
        if period > 0, trainer.step % period == 0 {
            try save(as: folder.checkpoint(epoch: trainer.step / schedule.stepsPerEpoch))
        }
        let isDue: Bool
        if let steps = settings.saveSteps {
            isDue = trainer.step % steps == 0
        } else {
            isDue = record.seconds - lastSave >= settings.saveMinutes * 60
        }
        if isDue { try save() }
    }

    /// Saves the state from which a run goes on.
    func save() throws(TrainingError) {
        try save(as: folder.checkpoint)
        lastSave = record.seconds
    }

    /// Saves the state under a name.
    func save(as url: URL) throws(TrainingError) {
        try log.flush()
        try TrainingCheckpoint.write(trainer, record: record, to: url)
        tell(.saved(step: trainer.step, path: url.path))
    }

    /// A line of the log about now, without content.
    var line: LogLine {
        LogLine(
            step: trainer.step, epoch: Double(trainer.step) / Double(schedule.stepsPerEpoch),
            progress: schedule.progress(step: trainer.step), images: record.images, seconds: record.seconds,
            time: Date().timeIntervalSince1970)
    }

    func status(_ means: LogLine.Steps) -> RunStatus {
        let perStep = Double(trainer.recipe.batch) / max(means.imagesPerSecond, 1e-9)
        let left = schedule.budget.map { max($0 - record.seconds, 0) }
        let stepsLeft = schedule.steps.map { Double(max($0 - trainer.step, 0)) * perStep }
        return RunStatus(
            step: trainer.step, steps: schedule.steps, progress: schedule.progress(step: trainer.step),
            secondsLeft: left ?? stepsLeft ?? 0, means: means,
            maximumEntropy: Foundation.log(Double(trainer.recipe.head.outDim)),
            knn: record.evaluations.last?.knn)
    }

    /// Writes the report; `ending` or `failure` say how the run ended, neither while it goes on.
    func report(_ ending: RunEnding?, failure: TrainingError? = nil) throws(TrainingError) {
        let report = RunReport(
            recipe: trainer.recipe, record: record, progress: schedule.progress(step: trainer.step), lines: log.lines,
            ending: ending, failure: failure)
        try folder.write(report: report.html)
    }
}
