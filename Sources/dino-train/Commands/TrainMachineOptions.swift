import ArgumentParser
import DINOTraining
import Foundation
import Tensors

/// Options that change how fast a run is and what it tells, not what is learnt; but for the precision.
struct TrainMachineOptions: ParsableArguments {
    /// The arithmetic of products.
    enum Arithmetic: String, ExpressibleByArgument, CaseIterable {
        case auto, fp32, bf16
    }

    @Option(
        help:
            "The arithmetic of products: auto (bf16 where the processor has it; with --resume as before), fp32 or bf16."
    )
    var precision: Arithmetic?
    @Option(help: "Threads that compute.") var threads = Processors.available
    @Option(name: .customLong("num_workers"), help: "Threads that make crops (default: as many as compute).")
    var workers: Int?
    @Option(help: "A file that keeps the decoded photographs for the next run.") var cache: String?
    @Option(
        name: .customLong("cache_side"),
        help: "The shorter side in pixels that larger photographs are reduced to beforehand.")
    var cacheSide: Int?

    @Option(name: .customLong("saveckp_freq"), help: "Epochs between checkpoints that are kept, 0 for none.")
    var keepEpochs = 20
    @Option(name: .customLong("save_minutes"), help: "Minutes between two saves.") var saveMinutes = 10.0
    @Option(name: .customLong("save_steps"), help: "Steps between two saves, instead of minutes.") var saveSteps: Int?
    @Option(name: .customLong("log_steps"), help: "Steps that a line of the log averages.") var logSteps = 10
    @Flag(name: .customLong("stop_on_collapse"), help: "End with status 3 where the teacher's answers collapse.")
    var stopsOnCollapse = false

    @Option(
        name: .customLong("knn_data"),
        help: "Photographs in class folders whose classes are told by nearest neighbours.")
    var knnData: String?
    @Option(
        name: .customLong("knn_bank"), help: "Photographs in class folders that are the neighbours (default: DATA).")
    var knnBank: String?
    @Option(name: .customLong("knn_every"), help: "Minutes between two evaluations.") var knnMinutes = 15.0
    @Option(
        name: .customLong("knn_limit"),
        help: "The most neighbours, and the most photographs whose neighbours are asked for, 0 for all.")
    var knnLimit = 5000

    func validate() throws {
        for (name, value) in [("threads", threads), ("num_workers", workers ?? 1)] {
            guard (1...1024).contains(value) else {
                throw ValidationError("--\(name) is \(value), expected 1 to 1024.")
            }
        }
        if let cacheSide, !(1...8192).contains(cacheSide) {
            throw ValidationError("--cache_side is \(cacheSide), expected 1 to 8192.")
        }
        if knnData == nil, knnBank != nil {
            throw ValidationError("--knn_bank needs --knn_data: photographs whose neighbours are looked for.")
        }
        for (name, value) in [("save_minutes", saveMinutes), ("knn_every", knnMinutes)] {
            guard value > 0 else { throw ValidationError("--\(name) is \(value), expected more than 0.") }
        }
        for (name, value) in [("save_steps", saveSteps ?? 1), ("log_steps", logSteps)] {
            guard value > 0 else { throw ValidationError("--\(name) is \(value), expected 1 or more.") }
        }
        guard keepEpochs >= 0 else { throw ValidationError("--saveckp_freq is \(keepEpochs), expected 0 or more.") }
        guard knnLimit >= 0 else { throw ValidationError("--knn_limit is \(knnLimit), expected 0 or more.") }
    }

    /// The threads that make crops.
    var loaderThreads: Int { workers ?? threads }

    /// How often a run saves, evaluates and tells.
    var settings: RunSettings {
        var settings = RunSettings()
        settings.saveSteps = saveSteps
        settings.saveMinutes = saveMinutes
        settings.keepEpochs = keepEpochs
        settings.evaluateMinutes = knnMinutes
        settings.logSteps = logSteps
        settings.stopsOnCollapse = stopsOnCollapse
        return settings
    }

    /// The arithmetic that options and processor give; a run that goes on keeps its own where no option says otherwise.
    func precision(_ useHalf: Bool?, before: Precision?, on compute: Compute) -> Precision {
        let best: Precision = compute.supports(.bf16) ? .bf16 : .fp32
        switch precision {
        case .fp32: return .fp32
        case .bf16: return .bf16
        case .auto, nil:
            if let useHalf { return useHalf ? best : .fp32 }
            return before ?? best
        }
    }
}
