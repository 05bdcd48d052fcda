import ArgumentParser
import Checkpoints
import DINO
import DINOTraining
import Foundation
import Tensors

/// Writes a training's checkpoint as a model directory.
struct Export: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Writes a training's checkpoint as a model directory: model.safetensors and model.json.",
        discussion: "dino-server --model DIR serves it. The teacher is written unless --checkpoint_key says otherwise.")

    @Argument(help: "A checkpoint of a training, or any model.")
    var checkpoint: String

    @Option(name: .shortAndLong, help: "The directory to write.")
    var output: String

    @Option(help: "The model's name (default: the directory's).")
    var name: String?

    @Flag(help: "Write float16 instead of float32: half the size.")
    var half = false

    @Option(name: .customLong("checkpoint_key"), help: "Of a training's checkpoint: teacher or student.")
    var checkpointKey = CheckpointKey.teacher

    @Option(help: ArgumentHelp("A measured figure for the provenance; may be repeated.", valueName: "key=value"))
    var measured: [String] = []

    func run() throws {
        let figures = try Self.figures(measured)
        let compute = try Compute(threads: Processors.available)
        let model = try Model.load(checkpoint, key: checkpointKey, on: compute)
        try ModelExport.write(
            model, key: checkpointKey, to: URL(fileURLWithPath: output), name: name, half: half, measured: figures)
        let written = try Model.load(output, on: compute)
        try StandardOutput.line("\(output): model \(written.name), fingerprint \(written.fingerprint)")
    }

    private static func figures(_ texts: [String]) throws -> [String: String] {
        var figures: [String: String] = [:]
        for text in texts {
            guard let split = text.firstIndex(of: "="), split > text.startIndex else {
                throw ValidationError("--measured is '\(text)', expected KEY=VALUE.")
            }
            figures[String(text[..<split])] = String(text[text.index(after: split)...])
        }
        return figures
    }
}
