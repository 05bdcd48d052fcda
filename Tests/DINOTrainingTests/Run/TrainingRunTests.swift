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
        let whole = try tiny.run()
        #expect(try whole.run() == .finished)
        #expect(whole.trainer.step == 20)
        let other = try TinyRun(), stop = StopFlag()
        let first = try other.run(threads: threads, settings: settings(), stop: stop) { event in
            if case .status(let status) = event, status.step == 10 { stop.set() }
        }
        #expect(try first.run() == .stopped)
        let second = try other.run(threads: 3 - threads, resume: true, settings: settings())
        #expect(second.trainer.step == 10)
        #expect(try second.run() == .finished)
        #expect(second.trainer.bits == whole.trainer.bits)
        #expect(second.trainer.updates == whole.trainer.updates)
    }

    @Test func goingOnRepeatsNoStepOfTheLog() throws {
        // A run that is killed after step 18 leaves lines behind its last checkpoint, of step 12.
        struct Killed: Error {}
        let evaluation = InventedEvaluation()
        let first = try tiny.run(settings: settings(saveSteps: 6, logSteps: 2), evaluation: evaluation, poisoned: 18)
        #expect(throws: TrainingError.self) { try first.run() }
        #expect(try tiny.log.last?.step == 18)
        let second = try tiny.run(resume: true, settings: settings(saveSteps: 6, logSteps: 2), evaluation: evaluation)
        #expect(try second.run() == .finished)
        let steps = try tiny.log.filter { $0.steps != nil }.map(\.step)
        #expect(steps == Array(stride(from: 2, through: 20, by: 2)))
        #expect(try tiny.log.filter { $0.knn != nil }.map(\.step) == [0, 20])
        #expect(second.record.evaluations.map(\.step) == [0, 20])
    }

    @Test func aLossThatIsNoNumberLeavesTheLastCheckpoint() throws {
        let run = try tiny.run(settings: settings(saveSteps: 5), poisoned: 7)
        do throws(TrainingError) {
            _ = try run.run()
            Issue.record("it went on")
        } catch {
            #expect(error.description.hasPrefix("the loss of step 7 is nan"))
        }
        let checkpoint = try TrainingCheckpoint(tiny.checkpoint)
        #expect(checkpoint.record.step == 5)
        try checkpoint.restore(Trainer(TinyRun.recipe, on: Compute(threads: 1)))
    }

    @Test func keepsCheckpointsByEpoch() throws {
        let run = try tiny.run(settings: settings(keepEpochs: 2))
        #expect(try run.run() == .finished)
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
        let run = try tiny.run(recipe, settings: settings(logSteps: 1)) { event in
            if case .status(let status) = event { last = status.means }
        }
        #expect(try run.run() == .finished)
        #expect(run.record.seconds >= 0.3)
        #expect(run.trainer.step > 20, "steps do not bound a run by hours")
        let means = try #require(last)
        #expect(means.momentum > 0.9995 && means.weightDecay > 0.36 && means.learningRate < 1e-4)
        let before = run.trainer.step
        let resumed = try tiny.run(recipe, resume: true)
        #expect(try resumed.run() == .finished)
        #expect(resumed.trainer.step == before, "the time is used up")
    }

    @Test func tellsOfACollapseAndStopsWhereAsked() throws {
        var recipe = TinyRun.recipe
        recipe.epochs = 80
        recipe.learningRate = 0
        recipe.teacherTemp = 10_000  // every answer is uniform
        recipe.warmupTeacherTemp = 10_000
        recipe.studentTemp = 10_000
        var asked = settings()
        asked.stopsOnCollapse = true
        let run = try tiny.run(recipe, settings: asked)
        #expect(try run.run() == .collapsed(.uniform))
        #expect(run.trainer.step == 100)
        #expect(try TrainingCheckpoint(tiny.checkpoint).record.step == 100)
        #expect(try tiny.log.last?.warning?.hasPrefix("collapsed to the uniform answer") == true)
        let report = try String(contentsOf: tiny.folder.appending(path: "report.html"), encoding: .utf8)
        #expect(report.contains("Step 100: collapsed to the uniform answer"))
    }
}
