import ArgumentParser
import Checkpoints
import DINO
import Foundation

/// Writes a checkpoint of any layout as a model directory.
struct Convert: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Write a checkpoint as a model directory: model.safetensors and model.json.")

    @OptionGroup var common: ModelOptions
    @Argument(help: "A .safetensors or .pth file, or a Hugging Face folder.") var checkpoint: String
    @Option(name: .shortAndLong, help: "The directory to write.") var output: String
    @Flag(help: "Write float16 instead of float32: half the size, other numbers, another fingerprint.") var half = false
    @Option(help: "The model's name (default: the checkpoint's).") var name: String?

    func run() async throws {
        let values = try common.values(checkpoint: checkpoint)
        let model = try values.loadModel()
        let folder = URL(filePath: output)
        try ModelDirectory.write(
            model, from: Checkpoint.open(model.weightsURL), to: folder, scalarType: half ? .float16 : .float32
        ) { manifest in
            if let name { manifest.name = name }
        }
        let written = try common.values(checkpoint: output).loadModel()
        print("\(output): model \(written.name), fingerprint \(written.fingerprint)")
    }
}
