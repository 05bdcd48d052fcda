import ArgumentParser
import DINO
import DINOTraining
import Foundation

/// Compares the boxes around what a model attends to with labelled ones.
struct EvaluateLocalization: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "localization",
        abstract: "Compares the boxes around what a model attends to with labelled ones.",
        discussion: """
            CorLoc is the share of images whose box meets the labelled one with an intersection over union of 0.5 or \
            more. With --method attention the box surrounds the patches that hold --mass of the last block's CLS attention, \
            or the largest group of them that touch; with ncut the foreground that a normalised cut through the patch features \
            finds, as patches and refined to pixels. A box in the middle of every image, of the labelled boxes' mean size, is what a model has to \
            be better than.
            """)

    @OptionGroup var options: ModelOptions

    @Argument(help: "A model directory, a checkpoint (.safetensors, .pth), a Hugging Face folder.")
    var model: String

    @Option(help: "The images' folder.")
    var images: String

    @Option(help: "Labelled boxes: lines FILE, CLASS, x0, y0, x1, y1 with tabs between, in pixels of the image.")
    var boxes: String

    @Option(help: "Where masks come from: attention or ncut.")
    var method = Localization.Method.attention

    @Option(help: "The share of the attention that a mask holds.")
    var mass: Float = 0.6

    @Option(help: "At most so many images, evenly spread.")
    var limit: Int?

    @Flag(help: "Print JSON.")
    var json = false

    private struct Output: Encodable {
        let model: String
        let size: Int
        let method: Localization.Method
        let mass: Float?
        let report: Localization.Report
    }

    func run() throws {
        if let limit, limit < 1 { throw EvaluationError.setting("--limit is \(limit), expected 1 or more") }
        let labelled = try LabelledBoxes.read(URL(fileURLWithPath: boxes))
        let loaded = try options.load(model, on: options.compute())
        let side = try ModelFeatures(loaded, size: options.size).side
        let progress = ProgressLine("\(loaded.name): \(images)", unit: "images")
        let report = try Localization.evaluate(
            loaded, folder: URL(fileURLWithPath: images), boxes: labelled, method: method, mass: mass, size: side,
            limit: limit, threads: options.threads, progress: progress.show)
        progress.finish()
        Report.list(skipped: report.skipped)
        guard !json else {
            return try Report.json(
                Output(
                    model: loaded.name, size: side, method: method, mass: method == .attention ? mass : nil,
                    report: report))
        }
        try StandardOutput.line("\(loaded.name), \(side) px: \(report.images) images")
        try Report.table(
            [["mask from", "box around", "CorLoc", "mean IoU"]]
                + ([report.centered] + report.figures).map {
                    [$0.attention, $0.around, String(format: "%.3f", $0.corLoc), String(format: "%.3f", $0.meanIoU)]
                })
    }
}
