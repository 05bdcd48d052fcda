import DINOTraining
import Foundation
import Synchronization
import Tensors
import TestSupport

/// A run of the smallest network on invented crops, in a folder of its own that is deleted afterwards.
final class TinyRun {
    let folder: URL

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "training-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    var checkpoint: URL { folder.appending(path: "checkpoint.safetensors") }

    /// The names of the files the run left.
    var files: [String] { get throws { try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() } }

    /// The lines of the log.
    var log: [LogLine] {
        get throws {
            let text = try String(contentsOf: folder.appending(path: "log.jsonl"), encoding: .utf8)
            return try text.split(separator: "\n").map { try JSONDecoder().decode(LogLine.self, from: Data($0.utf8)) }
        }
    }

    /// Twenty steps: four epochs of five.
    static var recipe: Recipe {
        var recipe = Recipe.toy(width: 16, head: (24, 16, 32))
        recipe.epochs = 4
        recipe.warmupEpochs = 1
        recipe.freezeLastLayer = 1
        recipe.dropPathRate = 0.2
        recipe.learningRate = 0.05
        return recipe
    }

    static let stepsPerEpoch = 5
    static let dataset = RunRecord.Dataset(source: "invented", images: 15)

    /// A run that begins, or goes on from the folder's checkpoint.
    func run(
        _ recipe: Recipe = TinyRun.recipe, threads: Int = 1, resume: Bool = false,
        settings: RunSettings = RunSettings(),
        evaluation: (any TeacherEvaluation)? = nil, stop: StopFlag = StopFlag(), poisoned: Int? = nil,
        tell: @escaping (RunEvent) -> Void = { _ in }
    ) throws -> TrainingRun {
        let trainer = try Trainer(recipe, on: Compute(threads: threads))
        var record = RunRecord(dataset: Self.dataset, precision: .fp32)
        if resume {
            let checkpoint = try TrainingCheckpoint(checkpoint)
            try checkpoint.restore(trainer)
            record = checkpoint.record
        }
        let schedule = try RunSchedule(recipe, stepsPerEpoch: Self.stepsPerEpoch, seconds: record.seconds)
        let source = InventedCrops(schedule, first: trainer.step, poisoned: poisoned)
        return try TrainingRun(
            trainer, schedule: schedule, record: record, source: source, folder: RunFolder(folder), settings: settings,
            evaluation: evaluation, stop: stop, tell: tell)
    }
}

extension TinyRun {
    /// How a run ended, with the folder free again.
    struct Outcome {
        let ending: RunEnding
        let trainer: Trainer
        let record: RunRecord
    }

    /// Makes a run and runs it to its end.
    func ran(
        _ recipe: Recipe = TinyRun.recipe, threads: Int = 1, resume: Bool = false,
        settings: RunSettings = RunSettings(),
        evaluation: (any TeacherEvaluation)? = nil, until step: Int = .max, poisoned: Int? = nil,
        tell: (RunStatus) -> Void = { _ in }
    ) throws -> Outcome {
        let stop = StopFlag()
        return try withoutActuallyEscaping(tell) { tell in
            let run = try run(
                recipe, threads: threads, resume: resume, settings: settings, evaluation: evaluation, stop: stop,
                poisoned: poisoned
            ) { event in
                guard case .status(let status) = event else { return }
                tell(status)
                if status.step >= step { stop.set() }
            }
            return Outcome(ending: try run.run(), trainer: run.trainer, record: run.record)
        }
    }
}

/// Crops whose pixels follow from the step alone.
final class InventedCrops: CropSource {
    private let schedule: RunSchedule
    private var step: Int
    private let poisoned: Int?
    let waited = Duration.zero

    /// Crops from step `first` on; those of the step `poisoned` are no numbers.
    init(_ schedule: RunSchedule, first: Int, poisoned: Int? = nil) {
        (self.schedule, step, self.poisoned) = (schedule, first, poisoned)
    }

    func next() throws(TrainingError) -> CropBatch {
        defer { step += 1 }
        let sizes = schedule.sizes(step: step), images = schedule.recipe.batch
        var generator = SeededGenerator(seed: UInt64(step) &+ 1)
        func group(_ size: Int, _ views: Int) -> CropGroup {
            let shape = [views * images, 3, size, size]
            var pixels = Tensor(zeros: shape)
            for index in pixels.scalars.indices { pixels.scalars[index] = Float.random(in: -2...2, using: &generator) }
            if step == poisoned { pixels.scalars[0] = .nan }
            return CropGroup(size: size, views: views, pixels: pixels)
        }
        let locals = schedule.recipe.crops.localNumber
        return CropBatch(
            step: step, images: images,
            groups: [group(sizes.global, 2)] + (locals > 0 ? [group(sizes.local, locals)] : []))
    }
}

/// Accuracies that rise by a hundredth each time.
final class InventedEvaluation: TeacherEvaluation {
    private let count = Atomic(0)

    func accuracy(_ features: (Tensor) -> Tensor, stop: StopFlag) throws(TrainingError) -> Double {
        if stop.isSet { throw .stopped }
        let answers = features(Tensor(zeros: [2, 3, 16, 16]))
        guard answers.shape == [2, 16] else { throw .crops("features of shape \(answers.shape)") }
        return Double(count.add(1, ordering: .relaxed).newValue) / 100
    }
}

extension Trainer {
    /// The state as bits, by name: what has to be equal for two runs to go on equally.
    var bits: [String: [UInt32]] {
        Dictionary(uniqueKeysWithValues: state.map { ($0.name, $0.tensor.scalars.map(\.bitPattern)) })
    }
}
