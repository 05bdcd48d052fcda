import ArgumentParser
import DINO
import DINOTraining
import Foundation
import Tensors

/// Classifies images by the vote of their nearest neighbours.
struct EvaluateKNN: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "knn",
        abstract: "Classifies images by the weighted vote of their nearest neighbours.",
        discussion: """
            The k training images with the largest cosine vote with exp(cosine / T), as in the reference's eval_knn.py. \
            --raw-pixels and --random-weights give the figures a trained model has to be better than.
            """)

    @OptionGroup var options: ModelOptions
    @OptionGroup var data: DataOptions

    @Argument(help: "A model directory, a checkpoint (.safetensors, .pth), a Hugging Face folder.")
    var model: String?

    @Option(name: .customLong("raw-pixels"), help: "Instead of a model, the normalised pixels of images of this side.")
    var rawPixels: Int?

    @Flag(name: .customLong("random-weights"), help: "The model's shape with the reference's initial weights.")
    var randomWeights = false

    @Option(help: "Numbers of neighbours; those above the number of training images are left out.")
    var k = "10,20,100,200"

    @Option(help: "The temperature T of a vote.")
    var temperature = 0.07

    @Flag(help: "Print JSON.")
    var json = false

    private struct Output: Encodable {
        let model: String
        let size: Int
        let temperature: Double
        let classes: Int
        let train, test: FolderReport
        let results: [KNNResult]
    }

    func validate() throws {
        guard (model == nil) == (rawPixels != nil) else {
            throw ValidationError("Name a model, or give --raw-pixels SIDE.")
        }
        if randomWeights, model == nil { throw ValidationError("--random-weights needs a model whose shape it takes.") }
    }

    func run() throws {
        let ks = try Self.numbers(k), photographs = try data.find(), compute = try options.compute()
        let source = try source(on: compute)
        let features = try SplitFeatures(source, photographs, normalized: true, threads: options.threads)
        let progress = ProgressLine("nearest neighbours", unit: "training images")
        let results = try NearestNeighbors.evaluate(
            bank: features.train, queries: features.test, ks: ks, temperature: temperature, on: compute,
            progress: progress.show)
        progress.finish()
        for missing in ks where !results.contains(where: { $0.k == missing }) {
            TrainTerminal.note("k \(missing) is left out: there are \(features.train.count) training images")
        }
        let output = Output(
            model: source.name, size: source.side, temperature: temperature, classes: features.train.classes.count,
            train: FolderReport(photographs.train, features.train), test: FolderReport(photographs.test, features.test),
            results: results)
        guard !json else { return try Report.json(output) }
        try StandardOutput.line(
            "\(output.model), \(output.size) px: \(output.train.images) training and \(output.test.images) test images")
        try Report.table(
            [["k", "top-1", "top-5"]] + results.map { ["\($0.k)", Report.percent($0.top1), Report.percent($0.top5)] })
    }

    private func source(on compute: Compute) throws -> any FeatureSource {
        if let rawPixels { return try RawPixels(side: rawPixels) }
        let loaded = try options.load(model ?? "", on: compute)
        return try ModelFeatures(
            randomWeights ? RandomWeights.model(like: loaded, on: compute) : loaded, size: options.size)
    }

    /// The numbers of a list with commas between.
    static func numbers(_ text: String) throws -> [Int] {
        try text.split(separator: ",").map { part in
            guard let number = Int(part.trimmingCharacters(in: .whitespaces)), number > 0 else {
                throw EvaluationError.setting("--k is \(text), expected numbers above 0 with commas between")
            }
            return number
        }
    }
}
