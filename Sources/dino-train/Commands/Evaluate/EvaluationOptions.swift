import ArgumentParser
import Checkpoints
import DINO
import DINOTraining
import Foundation
import Tensors

/// Which network of a training's checkpoint is meant, and how it is run.
struct ModelOptions: ParsableArguments {
    @Option(name: .customLong("checkpoint_key"), help: "Of a training's checkpoint: teacher or student.")
    var checkpointKey = CheckpointKey.teacher

    @Option(help: "Side in pixels of the model's input (default: the model's own).")
    var size: Int?

    @Option(help: "Threads.")
    var threads = Processors.available

    func compute() throws -> Compute { try Compute(threads: threads) }

    /// The model at `path`.
    func load(_ path: String, on compute: Compute) throws -> Model {
        // 65,536 tokens are an image of 2048 px in patches of 8 px.
        try Model.load(path, key: checkpointKey, on: compute, maximumTokens: 65_536)
    }
}

/// The two sets of photographs of a classification.
struct DataOptions: ParsableArguments {
    @Option(help: "Images the classifier knows: a folder for each class, or a server's collection with labels.")
    var train: String

    @Option(help: "Images it is asked about: of the same classes.")
    var test: String

    @Option(help: "At most so many images of each, evenly spread over the classes.")
    var limit: Int?

    /// The photographs of both folders, with the classes of the first.
    func find() throws -> (train: LabelledPhotographs, test: LabelledPhotographs) {
        if let limit, limit < 1 { throw EvaluationError.setting("--limit is \(limit), expected 1 or more") }
        let known = try LabelledPhotographs(
            PhotographSource.find(train, labelled: true), in: train, limit: limit)
        let asked = try LabelledPhotographs(
            PhotographSource.find(test, labelled: true), in: test, classes: known.classes, limit: limit)
        return (known, asked)
    }
}

/// The features of both folders.
struct SplitFeatures {
    let train, test: FeatureSet

    /// Computes them, with progress on standard error; what was skipped is listed there.
    init(
        _ source: some FeatureSource, _ photographs: (train: LabelledPhotographs, test: LabelledPhotographs),
        normalized: Bool, threads: Int
    ) throws {
        func extract(_ photographs: LabelledPhotographs) throws -> FeatureSet {
            let progress = ProgressLine("\(source.name): \(photographs.folder)", unit: "images")
            defer { progress.finish() }
            return try FeatureSet.extract(
                source, from: photographs, normalized: normalized, threads: threads, progress: progress.show)
        }
        train = try extract(photographs.train)
        test = try extract(photographs.test)
        Report.list(skipped: train.skipped + test.skipped)
    }
}
