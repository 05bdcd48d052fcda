import ArgumentParser
import Checkpoints
import DINO
import Foundation

/// Says what was understood of a checkpoint.
struct Models: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Say what is understood of a checkpoint.")

    @OptionGroup var common: ModelOptions
    @Argument(help: "A model directory, a .safetensors or .pth file, or a Hugging Face folder (default: --model).")
    var path: String?

    func run() async throws {
        let values = try common.values(checkpoint: path)
        let model = try values.loadModel()
        let checkpoint = try Checkpoint.open(model.weightsURL)
        for (label, value) in Self.facts(model, checkpoint) { print(label.padded(to: 16) + value) }
        print("tensors")
        for (name, tensor) in checkpoint.tensors.sorted(by: { $0.key < $1.key }) {
            let sources = checkpoint.sourceNames[name, default: []].filter { $0 != name }
            let origin = sources.isEmpty ? "" : "  from " + sources.joined(separator: ", ")
            print("  \(name)  \(tensor.shape)  \(tensor.scalarType.rawValue)\(origin)")
        }
        if !checkpoint.ignored.isEmpty { print("ignored") }
        for name in checkpoint.ignored { print("  \(name)") }
    }

    private static func facts(_ model: Model, _ checkpoint: Checkpoint) -> [(String, String)] {
        let shape = model.architecture
        let preprocessing = model.preprocessing
        return [
            ("name", model.name),
            ("file", "\(checkpoint.url.path) (\(checkpoint.container.rawValue))"),
            ("layout", checkpoint.layout.rawValue),
            ("family", shape.family.rawValue),
            (
                "shape",
                "width \(shape.embedDim), depth \(shape.depth), heads \(shape.heads), \(shape.feedForward.rawValue)"
            ),
            ("patch", "\(shape.patchSize), trained at \(shape.trainSize), \(shape.registers) registers"),
            ("parameters", "\(shape.parameterCount)"),
            ("positions", "offset \(model.interpolation.offset), antialias \(model.interpolation.antialias)"),
            (
                "preprocessing",
                "\(preprocessing.fit.rawValue) to \(preprocessing.resize), crop \(preprocessing.crop), "
                    + "\(preprocessing.filter.rawValue), mean \(preprocessing.mean), std \(preprocessing.std)"
            ),
            ("precision", model.precision.rawValue),
            ("sha256", model.weightsSHA256),
            ("fingerprint", model.fingerprint),
        ] + (model.fastDecode ? [("fast_decode", "true")] : [])
    }
}

extension String {
    /// The text with blanks up to `width` characters.
    func padded(to width: Int) -> String { self + String(repeating: " ", count: max(1, width - count)) }
}
