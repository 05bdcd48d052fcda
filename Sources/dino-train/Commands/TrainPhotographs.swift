import DINOTraining
import Foundation
import ImageFiles
import Images
import Tensors

/// The photographs of a run, decoded, and those that its features are tried on.
struct TrainPhotographs {
    let dataset: RunRecord.Dataset
    private let store: ImageStore

    /// Finds and decodes; what cannot be decoded is listed and left out.
    ///
    /// - Parameter checkpoint: the run that goes on, which needs the photographs it had.
    init(_ source: String, _ machine: TrainMachineOptions, checkpoint: TrainingCheckpoint?) throws {
        let before = checkpoint?.record.dataset, side = machine.cacheSide ?? before?.side
        store = try Self.store(source, side: side, threads: machine.threads, cache: machine.cache)
        dataset = RunRecord.Dataset(source: source, images: store.count, side: side, fingerprint: store.fingerprint)
        guard let before, let checkpoint else { return }
        let isSame = before.fingerprint == nil || before.fingerprint == dataset.fingerprint
        guard before.images == dataset.images, before.side == dataset.side, isSame else {
            func text(_ set: RunRecord.Dataset) -> String {
                "\(set.images) photographs " + (set.side.map { "of at most \($0) px" } ?? "of their own size")
            }
            throw TrainingError.checkpoint(
                file: checkpoint.url.path,
                reason:
                    "was trained on \(text(before)), \(source) gives \(text(dataset))"
                    + (isSame ? "" : ", of other names or lengths")
                    + ": give the same photographs and --cache_side, or begin a run of its own with --init")
        }
    }

    static func store(_ source: String, side: Int?, threads: Int, cache: String? = nil) throws -> ImageStore {
        let photographs = try PhotographSource.find(source)
        let store = try ImageStore.pack(
            photographs, side: side, threads: threads, cache: cache.map { URL(fileURLWithPath: $0) }
        ) { done, total in
            if done % 1000 == 0 || done == total { TrainTerminal.line("decoding \(source): \(done)/\(total)") }
        }
        for skipped in store.skipped.prefix(20) { TrainTerminal.note("left out: \(skipped.name): \(skipped.reason)") }
        if store.skipped.count > 20 { TrainTerminal.note("left out: \(store.skipped.count - 20) more") }
        return store
    }

    /// The steps of one pass over the photographs.
    func stepsPerEpoch(batch: Int) throws -> Int {
        let steps = CropLoader.stepsPerEpoch(images: store.count, batch: batch)
        guard steps > 0 else {
            let found = store.count == 1 ? "there is 1 photograph" : "there are \(store.count) photographs"
            throw TrainingError.recipe(
                "\(found) in \(dataset.source), fewer than the \(batch) of a batch: give more, or a smaller "
                    + "--batch_size_per_gpu")
        }
        return steps
    }

    /// Crops from a step on.
    func loader(_ schedule: RunSchedule, from step: Int, threads: Int) -> CropLoader {
        CropLoader(store, recipe: schedule.recipe, firstStep: step, threads: threads) { schedule.sizes(step: $0) }
    }
}

extension TrainPhotographs {
    /// Refuses to look for the neighbours of photographs among themselves: each would find itself.
    ///
    /// - Parameter bank: where the neighbours are; both are folders or archives.
    static func refuseNeighborsOfThemselves(_ queries: String?, in bank: String) throws(TrainingError) {
        func place(_ path: String) -> String { URL(fileURLWithPath: path).resolvingSymlinksInPath().path }
        guard let queries, place(queries) == place(bank) else { return }
        throw .data(
            place: queries,
            reason:
                "--knn_data names the photographs among which neighbours are looked for, so each would be its own: give "
                + "others, best ones that the training does not see")
    }

    /// The evaluation of the teacher that was asked for: which class each of `--knn_data` has, by its nearest photographs
    /// in `--knn_bank` or in these.
    func evaluation(
        _ machine: TrainMachineOptions, side: Int, on compute: Compute
    ) throws -> (any TeacherEvaluation)? {
        guard let source = machine.knnData else { return nil }
        func images(_ source: String) throws -> ImageStore {
            try Self.store(source, side: side, threads: machine.threads)
        }
        return try TeacherEvaluator(
            bank: machine.knnBank.map(images) ?? store, from: machine.knnBank ?? dataset.source,
            queries: images(source),
            from: source, side: side, limit: machine.knnLimit == 0 ? nil : machine.knnLimit, on: compute)
    }
}
