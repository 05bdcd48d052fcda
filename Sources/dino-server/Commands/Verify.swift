import ArgumentParser
import Checkpoints
import DINO
import Foundation
import Tensors

/// Compares the model with outputs of the PyTorch reference.
struct Verify: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Compare a model with a reference's outputs.",
        discussion: """
            The reference is a safetensors file with HEIGHTxWIDTH/input (images, 3, height, width) and, for each, some of \
            cls, patches, register_tokens, cls_attention, penultimate_tokens and mask60. Ends with 1 where a cosine is \
            below 0.99999, a difference above 2e-4 of the tensor's largest value, or a mask differs in more than 0.1 % of \
            its patches (in bf16 0.9995, 0.05 and 2 %, in int8 0.999 for cls and 0.995, 0.2 and 5 %); with 2 where nothing could be compared: the model or the reference cannot be read, or their \
            shapes differ.
            """)

    @OptionGroup var common: ModelOptions
    @Option(help: "The reference's safetensors file.") var reference: String

    func run() async throws {
        try await endingWith2 { try compare() }
    }

    private func compare() throws {
        let values = try common.values()
        // The largest reference decides what has to fit, not the limit on strangers' requests.
        let model = try values.loadModel(maximumTokens: 65_536)
        let cases = try ReferenceCase.read(URL(filePath: reference))
        print("model \(model.name)  \(model.precision.rawValue)  fingerprint \(model.fingerprint)")
        print(Comparison.header)
        var failures = 0
        for reference in cases {
            for comparison in try reference.compare(with: model.transformer) {
                print(comparison.line)
                if !comparison.isEqual { failures += 1 }
            }
        }
        guard failures == 0 else {
            print("\(failures) differ")
            throw ExitCode(1)
        }
        print("equal within the limits")
    }
}
