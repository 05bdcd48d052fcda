import ArgumentParser
import DINO
import DINOTraining
import Foundation

/// Compares two models by the nearest neighbours of the same images.
struct Compare: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Compares two models by the nearest neighbours of the same images.",
        discussion: """
            p is the chance that two equally good models differ so much on these test images (McNemar's exact test): \
            above 0.05 the difference may be noise. The margin is half of the difference's 95 % interval.
            """)

    @OptionGroup var options: ModelOptions
    @OptionGroup var data: DataOptions

    @Argument(help: "The first model.")
    var a: String

    @Argument(help: "The second model.")
    var b: String

    @Option(help: "Numbers of neighbours.")
    var k = "10,20,100,200"

    @Option(help: "The temperature T of a vote.")
    var temperature = 0.07

    @Flag(help: "Print JSON.")
    var json = false

    private struct Output: Encodable {
        let a, b: String
        let train, test: FolderReport
        let results: [ModelComparison.Line]
    }

    func run() throws {
        let ks = try EvaluateKNN.numbers(k), photographs = try data.find(), compute = try options.compute()
        var figures: [[KNNResult]] = [], names: [String] = [], folders: [FolderReport] = [], first: SplitFeatures?
        for path in [a, b] {
            let source = try ModelFeatures(options.load(path, on: compute), size: options.size)
            let features = try SplitFeatures(source, photographs, normalized: true, threads: options.threads)
            if let first {
                try features.train.requireSamePhotographs(as: first.train)
                try features.test.requireSamePhotographs(as: first.test)
            }
            first = features
            figures.append(
                try NearestNeighbors.evaluate(
                    bank: features.train, queries: features.test, ks: ks, temperature: temperature, on: compute))
            names.append(source.name)
            folders = [FolderReport(photographs.train, features.train), FolderReport(photographs.test, features.test)]
        }
        let lines = ModelComparison(figures[0], figures[1]).lines
        guard !json else {
            return try Report.json(
                Output(a: names[0], b: names[1], train: folders[0], test: folders[1], results: lines))
        }
        try StandardOutput.line(
            "A \(names[0]), B \(names[1]): \(folders[0].images) training and \(folders[1].images) test images")
        try Report.table(
            [["k", "A", "B", "B - A", "margin", "p"]]
                + lines.map {
                    [
                        "\($0.k)", Report.percent($0.a), Report.percent($0.b), Report.percent($0.difference),
                        "±" + Report.percent($0.test.margin), String(format: "%.2g", $0.test.p),
                    ]
                })
    }
}
