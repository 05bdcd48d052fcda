import Foundation
import Tensors

extension Network {
    /// The reference's initial weights: linear layers, `cls_token` and `pos_embed` normal with deviation 0.02 and zero
    /// biases; norms 1 and 0; `patch_embed` and the last layer uniform in ±1/√inputs, as PyTorch makes them.
    func initialize(seed: UInt64) {
        for (index, entry) in parameters.layout.entries.enumerated() {
            var generator = CounterGenerator(seed: seed, epoch: 0, image: index, crop: .max, step: 1)
            let patch = recipe.network.patchSize
            let values = InitialWeights.values(entry.name, shape: entry.shape, patchSize: patch, &generator)
            parameters.write(values, to: entry)
        }
    }
}

/// The reference's initial weights, tensor by tensor.
enum InitialWeights {
    /// The values of one tensor, named as in the reference's state dict. DINOv2's LayerScale starts at 1e-5.
    static func values(
        _ name: String, shape: [Int], patchSize: Int, _ generator: inout CounterGenerator
    ) -> [Float] {
        let count = shape.reduce(1, *)
        let isPatchEmbed = name.contains("patch_embed")
        if isPatchEmbed || name.hasSuffix("weight_v") {
            let inputs = isPatchEmbed ? 3 * patchSize * patchSize : shape.dropFirst().reduce(1, *)
            let bound = 1 / Double(inputs).squareRoot()
            return (0..<count).map { _ in Float(bound * (2 * generator.uniform() - 1)) }
        }
        if name.hasSuffix("weight_g") { return [Float](repeating: 1, count: count) }
        if name.hasSuffix(".bias") { return [Float](repeating: 0, count: count) }
        if name.contains("norm") { return [Float](repeating: 1, count: count) }
        if name.hasSuffix(".gamma") { return [Float](repeating: 1e-5, count: count) }
        return (0..<count).map { _ in Float(0.02 * normal(&generator)) }
    }

    /// A normal number.
    private static func normal(_ generator: inout CounterGenerator) -> Double {
        let radius = (-2 * log(1 - generator.uniform())).squareRoot()
        return radius * cos(2 * .pi * generator.uniform())
    }
}
