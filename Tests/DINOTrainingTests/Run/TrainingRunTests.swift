import DINOTraining
import Foundation
import Tensors
import Testing

@Suite struct TrainingRunTests {
    let tiny: TinyRun

    init() throws { tiny = try TinyRun() }

    private func settings(saveSteps: Int? = nil, keepEpochs: Int = 0, logSteps: Int = 4) -> RunSettings {
        var settings = RunSettings()
        settings.saveSteps = saveSteps
        settings.keepEpochs = keepEpochs
        settings.logSteps = logSteps
        return settings
    }

    @Test(arguments: [1, 2])
    func tenStepsAndTenMoreAreTwenty(_ threads: Int) throws {
        let whole = try tiny.ran()
        #expect(whole.ending == .finished)
        #expect(whole.trainer.step == 20)
        let other = try TinyRun()
        let first = try other.ran(threads: threads, settings: settings(), until: 10)
        #expect(first.ending == .stopped)
        #expect(first.trainer.step == 10)
        let second = try other.ran(threads: 3 - threads, resume: true, settings: settings())
        #expect(second.ending == .finished)
        #expect(second.trainer.bits == whole.trainer.bits)
        #expect(second.trainer.updates == whole.trainer.updates)
    }

    @Test func goingOnRepeatsNoStepOfTheLog() throws {
        // A run that is killed after step 18 leaves lines behind its last checkpoint, of step 12.
        let evaluation = InventedEvaluation()
        #expect(throws: TrainingError.self) {
            try tiny.ran(settings: settings(saveSteps: 6, logSteps: 2), evaluation: evaluation, poisoned: 18)
        }
        #expect(try tiny.log.last?.step == 18)
        let second = try tiny.ran(
            resume: true, settings: settings(saveSteps: 6, logSteps: 2), evaluation: evaluation)
        #expect(second.ending == .finished)
        let steps = try tiny.log.filter { $0.steps != nil }.map(\.step)
        #expect(steps == Array(stride(from: 2, through: 20, by: 2)))
        #expect(try tiny.log.filter { $0.knn != nil }.map(\.step) == [0, 20])
        #expect(second.record.evaluations.map(\.step) == [0, 20])
    }

    @Test func aLossThatIsNoNumberLeavesTheLastCheckpoint() throws {
        let error = #expect(throws: TrainingError.self) {
            try tiny.ran(settings: settings(saveSteps: 5), poisoned: 7)
        }
        #expect(error?.description.hasPrefix("the loss of step 7 is nan") == true)
        let checkpoint = try TrainingCheckpoint(tiny.checkpoint)
        #expect(checkpoint.record.step == 5)
        let report = try String(contentsOf: tiny.folder.appending(path: "report.html"), encoding: .utf8)
        #expect(report.contains("failed at 35.0 %") && report.contains("the loss of step 7 is nan"))
        #expect(!report.contains("http-equiv=\"refresh\""))
        try checkpoint.restore(Trainer(TinyRun.recipe, on: Compute(threads: 1)))
    }

    @Test func keepsCheckpointsByEpoch() throws {
        #expect(try tiny.ran(settings: settings(keepEpochs: 2)).ending == .finished)
        #expect(
            try tiny.files == [
                "checkpoint.safetensors", "checkpoint0002.safetensors", "checkpoint0004.safetensors",
                "events.out.tfevents.dino-train", "log.jsonl", "report.html",
            ])
        let kept = tiny.folder.appending(path: "checkpoint0002.safetensors")
        #expect(try TrainingCheckpoint(kept).record.step == 10)
    }

    @Test func removesWhatAKilledRunWasWriting() throws {
        let unfinished = tiny.folder.appending(path: "checkpoint.safetensors.aB3xY9")
        let foreign = tiny.folder.appending(path: "notes.safetensors.aB3xY9")
        for file in [unfinished, foreign] { try Data([1]).write(to: file) }
        _ = try tiny.run()
        #expect(!FileManager.default.fileExists(atPath: unfinished.path))
        #expect(FileManager.default.fileExists(atPath: foreign.path))
    }

    @Test func refusesAFolderThatAnotherRunHas() throws {
        let first = try tiny.run()
        #expect(throws: TrainingError.self) { _ = try tiny.run() }
        withExtendedLifetime(first) {}
    }

    @Test func hoursEndWithEverySchedulesEnd() throws {
        var recipe = TinyRun.recipe
        recipe.hours = 0.3 / 3600
        var last: LogLine.Steps?
        let run = try tiny.ran(recipe, settings: settings(logSteps: 1)) { last = $0.means }
        #expect(run.ending == .finished)
        #expect(run.record.seconds >= 0.3)
        #expect(run.trainer.step > 20, "steps do not bound a run by hours")
        let means = try #require(last)
        #expect(means.momentum > 0.9995 && means.weightDecay > 0.36 && means.learningRate < 1e-4)
        let resumed = try tiny.ran(recipe, resume: true)
        #expect(resumed.ending == .finished)
        #expect(resumed.trainer.step == run.trainer.step, "the time is used up")
    }

    /// A run in which every answer is uniform; the guard says so after 100 steps.
    private var collapsing: Recipe {
        var recipe = TinyRun.recipe
        recipe.epochs = 80
        recipe.learningRate = 0
        recipe.teacherTemp = 10_000
        recipe.warmupTeacherTemp = 10_000
        recipe.studentTemp = 10_000
        return recipe
    }

    @Test func anEvaluationThatIsLeftIsMadeByTheRunThatGoesOn() throws {
        /// Asks for the end of the run while it evaluates, at the start or after the last step.
        final class Interrupted: TeacherEvaluation {
            let last: Bool
            var calls = 0
            init(last: Bool) { self.last = last }

            func accuracy(_ features: (Tensor) -> Tensor, stop: StopFlag) throws(TrainingError) -> Double {
                calls += 1
                if last, calls == 1 { return 0.5 }
                stop.set()
                throw .stopped
            }
        }
        for last in [false, true] {
            let tiny = try TinyRun(), stop = StopFlag()
            let first = try tiny.run(evaluation: Interrupted(last: last), stop: stop)
            #expect(try first.run() == .stopped)
            #expect(first.trainer.step == (last ? 20 : 0))
            #expect(first.record.evaluations.map(\.step) == (last ? [0] : []))
        }
        let stop = StopFlag()
        do { _ = try tiny.run(evaluation: Interrupted(last: true), stop: stop).run() }
        let second = try tiny.ran(resume: true, evaluation: InventedEvaluation())
        #expect(second.ending == .finished)
        #expect(second.record.evaluations.map(\.step) == [0, 20])
    }

    @Test func theGuardGoesOnWithTheRun() throws {
        #expect(try tiny.ran(collapsing, until: 60).ending == .stopped)
        var asked = settings()
        asked.stopsOnCollapse = true
        let run = try tiny.ran(collapsing, resume: true, settings: asked)
        #expect(run.ending == .collapsed(.uniform))
        #expect(run.trainer.step == 100)
    }

    @Test func tellsOfACollapseAndStopsWhereAsked() throws {
        var asked = settings(saveSteps: 50)
        asked.stopsOnCollapse = true
        let run = try tiny.ran(collapsing, settings: asked)
        #expect(run.ending == .collapsed(.uniform))
        #expect(run.trainer.step == 100)
        #expect(try TrainingCheckpoint(tiny.checkpoint).record.step == 50, "the last one before it stays")
        let collapsed = tiny.folder.appending(path: "checkpoint-collapsed.safetensors")
        #expect(try TrainingCheckpoint(collapsed).record.step == 100)
        #expect(try tiny.log.last?.warning?.hasPrefix("collapsed to the uniform answer") == true)
        let report = try String(contentsOf: tiny.folder.appending(path: "report.html"), encoding: .utf8)
        #expect(report.contains("Step 100: collapsed to the uniform answer"))
    }
}
