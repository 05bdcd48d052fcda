import ArgumentParser
import DINO
import Foundation
import Tensors

/// Times the forward pass by the number of tokens, and by the number of images at once.
struct ScaleBenchmark: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "scale", abstract: "How the forward pass grows with the image's side and with the batch.")

    @Option(help: "vits16, vits8, vitb16 or vits14.") var model = "vits16"
    @Option(help: "Precisions, separated by commas: fp32, bf16, int8.") var precisions = "fp32,bf16,int8"
    @Option(help: "Sides in pixels of one image, separated by commas.") var sizes = "96,160,224,336,448,512"
    @Option(help: "Batch sizes at the model's own side, separated by commas.") var batches = "1,2,3,4,8,16,32"
    @Option(help: "Calls whose median a round takes.") var runs = 5
    @OptionGroup var options: RunOptions

    func validate() throws { try RunOptions.check(runs: runs) }

    func run() throws {
        let random = try RandomModel.named(model)
        let sides = try Lists.numbers(sizes, of: "--sizes", in: random.architecture.patchSize...2048)
        let counts = try Lists.numbers(batches, of: "--batches", in: 1...1024)
        let compute = try Compute(threads: options.threads)
        let loaded = try withTemporaryFolder { folder in
            try Lists.precisions(precisions, on: compute).map {
                try random.load(into: folder, precision: $0, on: compute)
            }
        }
        let peaks = Peaks.measure(on: compute)
        let shapes = sides.map { Shape(size: $0, batch: 1) } + counts.map { Shape(size: random.size, batch: $0) }
        var figures = Figures<What>()
        for _ in 0..<options.rounds {
            // A shape that stands in both lists is measured once.
            for shape in Set(shapes).sorted(by: { ($0.size, $0.batch) < ($1.size, $1.batch) }) {
                let input = Tensor.noise([shape.batch, 3, shape.size, shape.size], in: -2...2)
                for model in loaded {
                    let time = try medianMilliseconds(runs: runs) { _ = try model.transformer.forward(input) }
                    figures.add(time / Double(shape.batch), for: What(shape: shape, precision: model.precision))
                }
            }
        }
        for what in figures.keys { try printLine(Line(what, self, figures, peaks)) }
        if options.report { try report(figures, random, sides, counts, peaks).write() }
    }
}

extension ScaleBenchmark {
    private struct Shape: Hashable {
        let size, batch: Int
    }

    private struct What: Hashable {
        let shape: Shape
        let precision: Precision
    }

    private struct Line: Encodable {
        let model, precision: String
        let size, batch, threads, rounds: Int
        let gflop: Double
        let msPerImage: Spread?
        let shareOfPeak: Double?

        enum CodingKeys: String, CodingKey {
            case model, precision, size, batch, threads, rounds, gflop
            case msPerImage = "ms_per_image"
            case shareOfPeak = "share_of_peak"
        }

        init(_ what: What, _ benchmark: ScaleBenchmark, _ figures: Figures<What>, _ peaks: Peaks) {
            (model, precision) = (benchmark.model, what.precision.rawValue)
            (size, batch) = (what.shape.size, what.shape.batch)
            (threads, rounds) = (benchmark.options.threads, benchmark.options.rounds)
            let operations = RandomModel.known[benchmark.model].map {
                ForwardCost($0.architecture, size: what.shape.size, batch: 1).operations
            }
            gflop = (operations ?? .nan) / 1e9
            msPerImage = figures[what]
            shareOfPeak = figures[what].flatMap {
                peaks.share(operations ?? .nan, inMilliseconds: $0.median, what.precision)
            }
        }
    }

    private func report(
        _ figures: Figures<What>, _ random: RandomModel, _ sides: [Int], _ counts: [Int], _ peaks: Peaks
    ) -> Report {
        let precisions = Precision.allCases.filter { precision in figures.keys.contains { $0.precision == precision } }
        let columns = precisions.flatMap { ["\($0.rawValue), ms an image", "of the peak"] }
        func cells(_ shape: Shape) -> [String] {
            let operations = ForwardCost(random.architecture, size: shape.size, batch: 1).operations
            return precisions.flatMap { precision in
                let spread = figures[What(shape: shape, precision: precision)]
                let share = spread.flatMap { peaks.share(operations, inMilliseconds: $0.median, precision) }
                return [spread?.text ?? "", share?.percent ?? ""]
            }
        }
        let architecture = random.architecture
        let bySize = sides.map { side in
            let grid = side / architecture.patchSize
            let operations = ForwardCost(architecture, size: side, batch: 1).operations
            return [
                "\(side)×\(side)", Double(grid * grid + architecture.prefixTokens).short, (operations / 1e9).short,
            ] + cells(Shape(size: side, batch: 1))
        }
        var report = Report("scale-\(model)")
        report.add(MarkdownTable(["one image", "tokens", "GFLOP"] + columns, rows: bySize))
        report.add(
            MarkdownTable(
                ["images of \(random.size)×\(random.size) at once"] + columns,
                rows: counts.map { ["\($0)"] + cells(Shape(size: random.size, batch: $0)) }))
        report.add(options.method)
        return report
    }
}
