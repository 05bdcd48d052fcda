import ArgumentParser
import DINO
import Foundation
import Tensors

/// Times the forward pass (CLS features) of ours and of other runtimes, alternately, and prints the ratios.
struct EmbedBenchmark: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "embed", abstract: "Milliseconds an image of a forward pass, ours and theirs in turn.")

    @Option(help: "vits16, vits8, vitb16 or vits14 (at 518).") var model = "vits16"
    @Option(help: "Precisions of ours, separated by commas: fp32, bf16, int8.") var precisions = "fp32,bf16,int8"
    @Option(help: "Batch sizes, separated by commas.") var batches = "1,8"
    @Option(help: "Calls whose median a round takes.") var runs = 9
    @Option(help: "The other runtimes: torch, ort, openvino.") var only = "torch,ort,openvino"
    @Option(help: "avx512, avx2 or portable; the fastest when absent.") var instructionSet: String?
    @OptionGroup var options: RunOptions

    func validate() throws { try RunOptions.check(runs: runs) }

    func run() throws {
        let random = try RandomModel.named(model)
        let sizes = try Lists.numbers(batches, of: "--batches", in: 1...1024)
        let compute = try Compute(threads: options.threads, instructionSet: instructionSet)
        let loaded = try withTemporaryFolder { folder in
            try Lists.precisions(precisions, on: compute).map {
                try random.load(into: folder, precision: $0, on: compute)
            }
        }
        var figures = Figures<What>()
        for _ in 0..<options.rounds {
            for model in loaded { try measure(model, random, sizes, into: &figures) }
            for peer in options.peers == nil ? [] : only.split(separator: ",") {
                try measure(peer: String(peer), random, into: &figures)
            }
        }
        let order = figures.keys.sorted { ($0.batch, $0.precision.order) < ($1.batch, $1.precision.order) }
        for what in order { try printLine(Line(what, self, random, figures)) }
        if options.report {
            let peaks = Peaks.measure(on: compute)
            try report(figures, random, sizes, peaks).write()
        }
    }

    private func measure(
        _ model: Model, _ random: RandomModel, _ sizes: [Int], into figures: inout Figures<What>
    ) throws {
        for batch in sizes {
            let input = Tensor.noise([batch, 3, random.size, random.size], in: -2...2)
            let time = try medianMilliseconds(runs: runs) { _ = try model.transformer.forward(input) }
            figures.add(time / Double(batch), for: .ours(model.precision, batch))
        }
    }

    private func measure(peer: String, _ random: RandomModel, into figures: inout Figures<What>) throws {
        guard let python = options.peers else { return }
        let lines = try Peers(python: python, folder: Peers.sharedFolder).run(
            "embed_peers.py",
            [
                "--model", random.timmName, "--size", "\(random.size)", "--threads", "\(options.threads)",
                "--batches", batches, "--runs", "\(runs)", "--only", peer,
            ], of: PeerLine.self)
        for line in lines {
            let what = What(runtime: line.runtime, precision: line.precision, batch: line.batch)
            figures.add(line.msPerImage, for: what)
        }
    }
}
