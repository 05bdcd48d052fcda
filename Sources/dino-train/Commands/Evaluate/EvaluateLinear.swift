import ArgumentParser
import DINO
import DINOTraining
import Foundation

/// Trains a linear classifier on frozen features.
struct EvaluateLinear: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "linear",
        abstract: "Trains a linear classifier on frozen features.",
        discussion: """
            Softmax cross-entropy, SGD with momentum 0.9 and without weight decay, a learning rate of lr × batch / 256 that \
            falls to 0 along a half cosine, as in the reference's eval_linear.py; the features are computed once, so \
            without its random crops. The last epoch's figures count.
            """)

    @OptionGroup var options: ModelOptions
    @OptionGroup var data: DataOptions

    @Argument(help: "A model directory, a checkpoint (.safetensors, .pth), a Hugging Face folder.")
    var model: String

    @Option(help: "Tokens: last-4-cls, cls+mean-patch or cls.")
    var features = ModelFeatures.Kind.lastFourCLS

    @Option(help: "Passes over the training images.")
    var epochs = LinearProbe.Settings().epochs

    @Option(help: "Images of a step.")
    var batch = LinearProbe.Settings().batch

    @Option(help: "The learning rate at the start, for 256 images a step.")
    var lr = LinearProbe.Settings().learningRate

    @Option(help: "The seed of the images' order.")
    var seed: UInt64 = 0

    @Flag(help: "Print JSON.")
    var json = false

    private struct Output: Encodable {
        let model: String
        let size: Int
        let features: String
        let classes: Int
        let settings: LinearProbe.Settings
        let train, test: FolderReport
        let epochs: [LinearProbe.Epoch]
    }

    func run() throws {
        let photographs = try data.find(), compute = try options.compute()
        let source = try ModelFeatures(options.load(model, on: compute), kind: features, size: options.size)
        var settings = LinearProbe.Settings()
        settings.epochs = epochs
        settings.batch = batch
        settings.learningRate = lr
        settings.seed = seed
        try settings.check()
        let split = try SplitFeatures(source, photographs, normalized: false, threads: options.threads)
        let progress = ProgressLine("linear classifier", unit: "epochs")
        let results = try LinearProbe.evaluate(train: split.train, test: split.test, settings: settings, on: compute) {
            progress.show($0.epoch, epochs)
        }
        progress.finish()
        let output = Output(
            model: source.name, size: source.side, features: features.rawValue, classes: split.train.classes.count,
            settings: settings, train: FolderReport(photographs.train, split.train),
            test: FolderReport(photographs.test, split.test), epochs: results)
        guard !json else { return try Report.json(output) }
        try StandardOutput.line(
            "\(output.model), \(output.size) px: \(output.train.images) training and \(output.test.images) test images")
        let shown = results.filter { $0.epoch == 1 || $0.epoch % max(1, epochs / 10) == 0 || $0.epoch == epochs }
        try Report.table(
            [["epoch", "loss", "top-1", "top-5"]]
                + shown.map {
                    ["\($0.epoch)", String(format: "%.4f", $0.loss), Report.percent($0.top1), Report.percent($0.top5)]
                })
    }
}
