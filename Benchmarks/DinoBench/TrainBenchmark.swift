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
    @Option(help: "Steps whose median a round takes.") var steps = 5
    @Option(help: "avx512, avx2 or portable; the fastest when absent.") var instructionSet: String?
    @OptionGroup var options: RunOptions

    struct Setup {
        let patch, global, local, locals, batch: Int
    }

    private static let setups = [
        "vitti16": Setup(patch: 16, global: 224, local: 96, locals: 8, batch: 16),
        "vitti8": Setup(patch: 8, global: 64, local: 32, locals: 8, batch: 32),
    ]

    func run() throws {
        guard let shape = Self.setups[setup] else {
            throw ValidationError("--setup \(setup): choose \(Self.setups.keys.sorted().joined(separator: ", "))")
        }
        let compute = try Compute(threads: options.threads, instructionSet: instructionSet)
        var figures = Figures<What>()
        for _ in 0..<options.rounds {
            // There are no gradients in 8 bits.
            for precision in [Precision.fp32, .bf16] where compute.supports(precision) {
                figures.add(try ours(shape, precision, on: compute), for: .ours(precision))
            }
            if let peers = options.peers { try measure(peer: peers, shape, into: &figures) }
        }
        let order = figures.keys.sorted { $0.precision.order < $1.precision.order }
        for what in order { try printLine(Line(what, self, figures)) }
        if options.report { try report(figures, order, shape, Peaks.measure(on: compute)).write() }
    }

    private func ours(_ setup: Setup, _ precision: Precision, on compute: Compute) throws -> Double {
        let recipe = Self.recipe(setup)
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

    static func recipe(_ setup: Setup) -> Recipe {
        var recipe = Recipe()
        recipe.network.embedDim = 192
        recipe.network.heads = 3
        recipe.network.patchSize = setup.patch
        recipe.imageSize = setup.global
        recipe.head.outDim = 4096
        recipe.dropPathRate = 0
        recipe.batch = setup.batch
        recipe.crops.localNumber = setup.locals
        return recipe
    }

    private func measure(peer python: String, _ setup: Setup, into figures: inout Figures<What>) throws {
        let lines = try Peers(python: python, folder: Peers.sharedFolder).run(
            "train_peer.py",
            [
                "--patch", "\(setup.patch)", "--global", "\(setup.global)", "--local", "\(setup.local)",
                "--locals", "\(setup.locals)", "--batch", "\(setup.batch)", "--threads", "\(options.threads)",
                "--steps", "\(steps)",
            ], of: PeerLine.self)
        for line in lines {
            figures.add(line.imagesPerSecond, for: What(runtime: line.runtime, precision: line.precision))
        }
    }
}
