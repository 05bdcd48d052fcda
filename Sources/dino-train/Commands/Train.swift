import ArgumentParser
import DINOTraining
import Foundation
import Tensors

/// Trains a Vision Transformer on photographs without labels.
struct Train: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Train a Vision Transformer on photographs without labels.",
        discussion: """
            DATA is a folder of photographs, flat, by class or nested, or a .tar of one; labels are not looked at. Options \
            carry main_dino.py's names and defaults; underscores may be hyphens. OUTPUT_DIR gets checkpoint.safetensors, \
            log.jsonl, a TensorBoard file and report.html. SIGTERM and SIGINT end the step, save, and end with 0; the same \
            command with --resume goes on bit for bit as if nothing had happened.

            Ends with 0 when done or stopped, with 1 where it failed (the last checkpoint is as it was), with 3 after a \
            collapse where --stop_on_collapse says so (the last checkpoint is as it was, the collapsed state is in \
            checkpoint-collapsed.safetensors), with 64 where options are wrong.
            """)

    @Argument(help: "The photographs.") var data: String?
    @Option(name: .customLong("data_path"), help: "The photographs, as main_dino.py has it.") var dataPath: String?
    @Option(name: [.customShort("o"), .customLong("output_dir")], help: "The folder to write to.") var output: String?
    @Flag(help: "Go on with the run in the output folder.") var resume = false
    @Option(name: .customLong("init"), help: "Begin with the backbone of a model or of a run's teacher.") var initial:
        String?
    @Flag(name: .customLong("print_recipe"), help: "Print the recipe as JSON and end.") var printsRecipe = false

    @OptionGroup(title: "As in main_dino.py") var reference: TrainOptions
    @OptionGroup(title: "More of the recipe") var shape: TrainShapeOptions
    @OptionGroup(title: "The machine and the run") var machine: TrainMachineOptions

    func validate() throws {
        if data != nil, dataPath != nil {
            throw ValidationError("DATA and --data_path contradict each other: give one.")
        }
        if resume, initial != nil {
            throw ValidationError("--resume and --init contradict each other: a run that goes on has its weights.")
        }
        let arithmetic = machine.precision.map { $0 == .bf16 }
        if let half = reference.useHalf, let arithmetic, half != arithmetic {
            throw ValidationError("--use_fp16 \(half) and --precision contradict each other: give one.")
        }
        if output == nil, !printsRecipe { throw ValidationError("--output_dir is missing: the folder to write to.") }
        if data ?? dataPath == nil, !resume, !printsRecipe {
            throw ValidationError("DATA is missing: the folder or .tar of photographs.")
        }
    }

    func run() throws {
        let recipe = try TrainRecipe(reference, shape)
        if printsRecipe { return try reporting { try StandardOutput.line(try self.recipe(recipe).json(pretty: true)) } }
        // A file that grows over a limit is an error with a sentence, not the end of the process.
        signal(SIGXFSZ, SIG_IGN)
        // Nor does a run end because the reader of its lines does.
        signal(SIGPIPE, SIG_IGN)
        let ending = try reporting { try train(recipe) }
        if case .collapsed = ending { throw ExitCode(3) }
    }

    /// Failures as a sentence and status 1.
    private func reporting<Result>(_ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch {
            TrainTerminal.note("dino-train: \(error)")
            throw ExitCode(1)
        }
    }

    private var outputURL: URL { URL(fileURLWithPath: output ?? ".") }

    /// The recipe that a run would have; another process may have the folder.
    private func recipe(_ options: TrainRecipe) throws -> Recipe {
        guard resume else { return try options.fresh() }
        try requireCheckpoint()
        return try options.resumed(TrainingCheckpoint(RunFolder.checkpoint(in: outputURL)))
    }

    private func requireCheckpoint() throws {
        guard !RunFolder.hasCheckpoint(in: outputURL) else { return }
        throw TrainingError.output(
            file: RunFolder.checkpoint(in: outputURL).path,
            reason: "is not there, so there is no run to go on with: leave out --resume to begin one, or give the "
                + "--output_dir of the run")
    }

    private func train(_ options: TrainRecipe) throws -> RunEnding {
        let fresh = try resume ? nil : options.fresh()
        if resume { try requireCheckpoint() }
        // Taken before anything is read: what another run is writing would be another state by the time it is used.
        let folder = try RunFolder(outputURL)
        let checkpoint = try resume ? TrainingCheckpoint(folder.checkpoint) : nil
        let recipe = try checkpoint.map(options.resumed) ?? fresh ?? options.fresh()
        if checkpoint == nil, folder.hasCheckpoint {
            throw TrainingError.output(
                file: folder.checkpoint.path,
                reason: "is there already: go on with it (--resume), or choose another --output_dir")
        }
        try TrainingMemory(recipe).check()
        let data = self.data ?? dataPath ?? checkpoint?.record.dataset.source ?? ""
        try TrainPhotographs.refuseNeighborsOfThemselves(machine.knnData, in: machine.knnBank ?? data)
        let photographs = try TrainPhotographs(data, machine, checkpoint: checkpoint)
        let schedule = try RunSchedule(
            recipe, stepsPerEpoch: photographs.stepsPerEpoch(batch: recipe.batch),
            seconds: checkpoint?.record.seconds ?? 0)
        let compute = try Compute(threads: machine.threads)
        let evaluation = try photographs.evaluation(machine, side: recipe.imageSize, on: compute)
        let trainer = try trainer(recipe, checkpoint, on: compute)
        var record = checkpoint?.record ?? RunRecord(dataset: photographs.dataset, precision: trainer.precision)
        record.precision = trainer.precision
        record.dataset.fingerprint = photographs.dataset.fingerprint
        let loader = photographs.loader(schedule, from: trainer.step, threads: machine.loaderThreads)
        defer { loader.stop() }

        let terminal = TrainTerminal(), stop = StopFlag()
        let run = try TrainingRun(
            trainer, schedule: schedule, record: record, source: loader, folder: folder, settings: machine.settings,
            evaluation: evaluation, stop: stop, tell: terminal.show)
        let ending = try TrainSignals.stopping(stop) { try run.run() }
        TrainTerminal.note(summary(ending, run.record, folder))
        return ending
    }

    private func trainer(_ recipe: Recipe, _ checkpoint: TrainingCheckpoint?, on compute: Compute) throws -> Trainer {
        let precision = machine.precision(reference.useHalf, before: checkpoint?.record.precision, on: compute)
        let trainer = try Trainer(recipe, precision: precision, on: compute)
        if let initial { try trainer.initialize(from: URL(fileURLWithPath: initial)) }
        try checkpoint?.restore(trainer)
        return trainer
    }

    private func summary(_ ending: RunEnding, _ record: RunRecord, _ folder: RunFolder) -> String {
        let done = "\(record.step) steps, \(record.images) images, \(RunStatus.duration(record.seconds))"
        switch ending {
        case .finished: return "finished: \(done); \(folder.checkpoint.path)"
        case .stopped: return "stopped after \(done); the same command with --resume goes on"
        case .collapsed(let collapse):
            let last = folder.hasCheckpoint ? "; the last one before it is \(folder.checkpoint.path)" : ""
            return "stopped after \(done): \(collapse.description). That state is \(folder.collapsed.path)\(last)"
        }
    }
}
