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
    @Option(help: "Threads of every program.") var threads = 2
    @Option(help: "Batch sizes, separated by commas.") var batches = "1,8"
    @Option(help: "Rounds: each runs every program once.") var rounds = 3
    @Option(help: "Calls whose median a round takes.") var runs = 9
    @Option(help: "A Python interpreter with the other runtimes; without it only ours is measured.") var peers: String?
    @Option(help: "The other runtimes: torch, ort, openvino.") var only = "torch,ort,openvino"
    @Option(help: "avx512, avx2 or portable; the fastest when absent.") var instructionSet: String?

    func validate() throws {
        guard (1...1000).contains(rounds), (1...1000).contains(runs) else {
            throw ValidationError("--rounds and --runs are from 1 to 1000")
        }
    }

    func run() throws {
        guard let random = RandomModel.known[model] else {
            throw ValidationError("--model \(model): choose \(RandomModel.known.keys.sorted().joined(separator: ", "))")
        }
        let sizes = try batches.split(separator: ",").map {
            guard let size = Int($0), (1...1024).contains(size) else { throw ValidationError("--batches \(batches)") }
            return size
        }
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("dino-bench-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let compute = try Compute(threads: threads, instructionSet: instructionSet)
        let loaded = try precisions.split(separator: ",").map {
            guard let precision = Precision(rawValue: String($0)), compute.supports(precision) else {
                throw ValidationError("--precisions \(precisions): this processor has not all of these")
            }
            return try random.load(into: folder, precision: precision, on: compute)
        }

        var all: [Measurement] = []
        for _ in 0..<rounds {
            for model in loaded { all += try ours(model, random, sizes) }
            guard let peers else { continue }
            for peer in only.split(separator: ",") {
                all += try Peers(python: peers, folder: Peers.sharedFolder).run(
                    "embed_peers.py",
                    [
                        "--model", random.timmName, "--size", "\(random.size)", "--threads", "\(threads)",
                        "--batches", batches, "--runs", "\(runs)", "--only", String(peer),
                    ], of: Measurement.self)
            }
        }
        try report(all, random)
    }

    private func ours(_ model: Model, _ random: RandomModel, _ sizes: [Int]) throws -> [Measurement] {
        try sizes.map { batch in
            let input = Tensor.noise([batch, 3, random.size, random.size], in: -2...2)
            let time = try medianMilliseconds(runs: runs) { _ = try model.transformer.forward(input) }
            return Measurement(
                runtime: "dino-server", precision: model.precision.rawValue, batch: batch,
                msPerImage: time / Double(batch))
        }
    }

    private struct Line: Encodable {
        let runtime, precision, model: String
        let size, threads, batch, rounds: Int
        let msPerImage: Spread
        /// How many times ours of the same precision is faster than this one, by medians.
        let oursIsFasterBy: Double

        enum CodingKeys: String, CodingKey {
            case runtime, precision, model, size, threads, batch, rounds
            case msPerImage = "ms_per_image"
            case oursIsFasterBy = "ours_is_faster_by"
        }
    }

    private func report(_ all: [Measurement], _ random: RandomModel) throws {
        struct Key: Hashable { let runtime, precision: String, batch: Int }
        let groups = Dictionary(grouping: all) {
            Key(runtime: $0.runtime, precision: $0.precision, batch: $0.batch)
        }.mapValues { Spread($0.map(\.msPerImage)) }
        for (key, spread) in groups.sorted(by: {
            ($0.key.batch, $0.key.precision, $0.value.median) < ($1.key.batch, $1.key.precision, $1.value.median)
        }) {
            let own = groups[Key(runtime: "dino-server", precision: key.precision, batch: key.batch)]?.median ?? .nan
            try printLine(
                Line(
                    runtime: key.runtime, precision: key.precision, model: model, size: random.size, threads: threads,
                    batch: key.batch, rounds: rounds, msPerImage: spread,
                    oursIsFasterBy: (spread.median / own * 1000).rounded() / 1000))
        }
    }
}
