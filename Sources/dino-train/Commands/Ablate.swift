import ArgumentParser
import DINOTraining
import Foundation
import Tensors

/// Shows what keeps self-distillation from collapsing, by small trainings without it.
struct Ablate: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show what centring, sharpening and the teacher's momentum are for, by small trainings without them.",
        discussion: """
            Trains one small network four times from the same weights on the same crops, and writes ablation.svg (entropy and \
            KL against steps), ablation.md (a table) and ablation.json. Claimed (arXiv:2104.14294, section 5.3): without \
            centring the entropy goes to 0, without sharpening to ln K, and KL to 0 in both; with both, neither.

            Ends with 0 where every claim holds, with 1 where one does not or something failed.
            """)

    @Argument(help: "Photographs: a folder or a .tar; CIFAR-10's for the figure in the documentation.") var data: String
    @Option(name: [.customShort("o"), .customLong("output_dir")], help: "The folder to write to.") var output: String
    @Option(help: "Steps of each training.") var steps = 1500
    @Option(help: "Only these trainings, by commas: full, no-centering, no-sharpening, no-momentum.")
    var only: String?
    @Option(help: "A recipe as JSON instead of the one of the documentation's figure.") var recipe: String?
    @Option(help: "The seed.") var seed: UInt64 = 0
    @Option(name: .customLong("knn_data"), help: "Photographs in class folders to tell the teachers' k-NN by.")
    var knnData: String?
    @Option(help: "Threads that compute.") var threads = Processors.available

    private struct Output: Encodable {
        let data: String
        let images, steps: Int
        let seconds: Double
        let precision: Precision
        let recipe: Recipe
        let outcomes: [AblationOutcome]
    }

    func validate() throws {
        guard (10...1_000_000).contains(steps) else {
            throw ValidationError("--steps is \(steps), expected 10 to 1000000.")
        }
        guard (1...1024).contains(threads) else {
            throw ValidationError("--threads is \(threads), expected 1 to 1024.")
        }
        _ = try variants()
    }

    func run() throws {
        let outcomes: [AblationOutcome]
        do {
            outcomes = try ablate()
        } catch {
            TrainTerminal.note("dino-train: \(error)")
            throw ExitCode(1)
        }
        if outcomes.contains(where: { $0.holds == false }) { throw ExitCode(1) }
    }

    private func variants() throws -> [AblationVariant] {
        guard let only else { return AblationVariant.allCases }
        return try only.split(separator: ",").map { name in
            guard let variant = AblationVariant(rawValue: String(name)) else {
                let known = AblationVariant.allCases.map(\.rawValue).joined(separator: ", ")
                throw ValidationError("--only \(name): choose from \(known).")
            }
            return variant
        }
    }

    private func ablate() throws -> [AblationOutcome] {
        // Before the trainings, which take long.
        try FileManager.default.createDirectory(
            at: URL(fileURLWithPath: output), withIntermediateDirectories: true)
        try TrainPhotographs.refuseNeighborsOfThemselves(knnData, in: data)
        let start = ContinuousClock.now, compute = try Compute(threads: threads)
        var ablation = Ablation(
            recipe: Ablation.recipe, steps: steps, precision: compute.supports(.bf16) ? .bf16 : .fp32)
        if let recipe { ablation.recipe = try Recipe(json: Data(contentsOf: URL(fileURLWithPath: recipe))) }
        ablation.recipe.seed = seed
        try ablation.recipe.check()
        let side = ablation.recipe.imageSize, store = try TrainPhotographs.store(data, side: side, threads: threads)
        let evaluation = try knnData.map { source in
            try TeacherEvaluator(
                bank: store, from: data, queries: TrainPhotographs.store(source, side: side, threads: threads),
                from: source, side: side, limit: 5000, on: compute)
        }
        let stop = StopFlag(),
            courses = try TrainSignals.stopping(stop) {
                try ablation.run(
                    variants(), on: store, compute: compute, workers: threads, stop: stop,
                    evaluation: evaluation
                ) { variant, measures in
                    guard measures.step % 50 == 49 else { return }
                    TrainTerminal.line(
                        String(
                            format: "%@: step %d/%d  entropy %.3f  KL %.3f", variant.title, measures.step + 1, steps,
                            measures.teacherEntropy, measures.kl))
                }
            }
        TrainTerminal.endLine()
        let report = AblationReport(courses, prototypes: ablation.recipe.head.outDim)
        try write(
            report,
            Output(
                data: data, images: store.count, steps: steps, seconds: (ContinuousClock.now - start) / .seconds(1),
                precision: ablation.precision, recipe: ablation.recipe, outcomes: courses.map(\.outcome)))
        try StandardOutput.write(report.table)
        return courses.map(\.outcome)
    }

    private func write(_ report: AblationReport, _ output: Output) throws {
        let folder = URL(fileURLWithPath: self.output)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        try Data(report.figure.utf8).write(to: folder.appending(path: "ablation.svg"), options: .atomic)
        try Data(report.table.utf8).write(to: folder.appending(path: "ablation.md"), options: .atomic)
        try encoder.encode(output).write(to: folder.appending(path: "ablation.json"), options: .atomic)
    }
}
