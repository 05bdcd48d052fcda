import ArgumentParser
import DINOTraining
import Foundation
import Tensors

/// Times a whole training step (student and teacher, head, loss, backward, clipping, optimiser, teacher's mean) of ours and
/// of PyTorch, alternately, crops already in memory, and prints the ratios.
struct TrainBenchmark: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "train", abstract: "Images per second of a training step, ours and PyTorch's in turn.")

    @Option(help: "vitti16 (2×224 + 8×96, batch 16) or vitti8 (2×64 + 8×32, batch 32).") var setup = "vitti16"
    @Option(help: "Threads of every program.") var threads = 2
    @Option(help: "Rounds: each runs every program once.") var rounds = 3
    @Option(help: "Steps whose median a round takes.") var steps = 5
    @Option(help: "A Python interpreter with PyTorch; without it only ours is measured.") var peers: String?
    @Option(help: "avx512, avx2 or portable; the fastest when absent.") var instructionSet: String?

    private struct Setup {
        let patch, global, local, locals, batch: Int
    }

    private static let setups = [
        "vitti16": Setup(patch: 16, global: 224, local: 96, locals: 8, batch: 16),
        "vitti8": Setup(patch: 8, global: 64, local: 32, locals: 8, batch: 32),
    ]

    func run() throws {
        guard let setup = Self.setups[setup] else {
            throw ValidationError("--setup \(setup): choose \(Self.setups.keys.sorted().joined(separator: ", "))")
        }
        guard (1...1000).contains(rounds), (1...1000).contains(steps) else {
            throw ValidationError("--rounds and --steps are from 1 to 1000")
        }
        var all: [(runtime: String, precision: String, imagesPerSecond: Double)] = []
        for _ in 0..<rounds {
            for precision in Precision.allCases {
                if let speed = try ours(setup, precision) { all.append(("dino-train", precision.rawValue, speed)) }
            }
            guard let peers else { continue }
            all += try Peers(python: peers, folder: Peers.sharedFolder).run(
                "train_peer.py",
                [
                    "--patch", "\(setup.patch)", "--global", "\(setup.global)", "--local", "\(setup.local)",
                    "--locals", "\(setup.locals)", "--batch", "\(setup.batch)", "--threads", "\(threads)",
                    "--steps", "\(steps)",
                ], of: TrainingPeer.self
            ).map { ($0.runtime, $0.precision, $0.imagesPerSecond) }
        }
        try report(all)
    }

    private func ours(_ setup: Setup, _ precision: Precision) throws -> Double? {
        var recipe = Recipe()
        recipe.network.embedDim = 192
        recipe.network.heads = 3
        recipe.network.patchSize = setup.patch
        recipe.imageSize = setup.global
        recipe.head.outDim = 4096
        recipe.dropPathRate = 0
        recipe.batch = setup.batch
        let compute = try Compute(threads: threads, instructionSet: instructionSet)
        guard compute.supports(precision) else { return nil }
        let trainer = try Trainer(recipe, precision: precision, on: compute)
        let groups = [(setup.global, 2), (setup.local, setup.locals)].map { size, views in
            CropGroup(size: size, views: views, pixels: .noise([views * setup.batch, 3, size, size], in: -2...2))
        }
        let rates = Rates(
            learningRate: 1e-4, weightDecay: 0.04, momentum: 0.996, teacherTemp: 0.04, lastLayerFrozen: false)
        let batch = CropBatch(step: 0, images: setup.batch, groups: groups)
        _ = try trainer.step(batch, rates)
        let time = try medianMilliseconds(runs: steps) { _ = try trainer.step(batch, rates) }
        return Double(setup.batch) / time * 1000
    }

    private struct TrainingPeer: Decodable {
        let runtime, precision: String
        let imagesPerSecond: Double

        enum CodingKeys: String, CodingKey {
            case runtime, precision
            case imagesPerSecond = "images_per_s"
        }
    }

    private struct Line: Encodable {
        let runtime, precision, setup: String
        let threads, rounds: Int
        let imagesPerSecond: Spread
        /// How many times ours of the same precision is faster than this one, by medians.
        let oursIsFasterBy: Double?

        enum CodingKeys: String, CodingKey {
            case runtime, precision, setup, threads, rounds
            case imagesPerSecond = "images_per_s"
            case oursIsFasterBy = "ours_is_faster_by"
        }
    }

    private func report(_ all: [(runtime: String, precision: String, imagesPerSecond: Double)]) throws {
        struct Key: Hashable { let runtime, precision: String }
        let groups = Dictionary(grouping: all) { Key(runtime: $0.runtime, precision: $0.precision) }
            .mapValues { Spread($0.map(\.imagesPerSecond)) }
        for (key, spread) in groups.sorted(by: {
            ($0.key.precision, $0.key.runtime) < ($1.key.precision, $1.key.runtime)
        }) {
            let own = groups[Key(runtime: "dino-train", precision: key.precision)]?.median
            try printLine(
                Line(
                    runtime: key.runtime, precision: key.precision, setup: setup, threads: threads, rounds: rounds,
                    imagesPerSecond: spread,
                    oursIsFasterBy: own.map { ($0 / spread.median * 1000).rounded() / 1000 }))
        }
    }
}
