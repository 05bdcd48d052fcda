import Foundation
import Tensors

extension Network {
    /// The reference's initial weights: linear layers, `cls_token` and `pos_embed` normal with deviation 0.02 and zero
    /// biases; norms 1 and 0; `patch_embed` and the last layer uniform in ±1/√inputs, as PyTorch makes them.
    func initialize(seed: UInt64) {
        for (index, entry) in parameters.layout.entries.enumerated() {
            var generator = CounterGenerator(seed: seed, epoch: 0, image: index, crop: .max, step: 1)
            parameters.write(Self.values(entry, inputs: inputs(entry), &generator), to: entry)
        }
    }

    /// The summed dimension of the layer a tensor belongs to.
    private func inputs(_ entry: ParameterLayout.Entry) -> Int {
        let patch = 3 * recipe.network.patchSize * recipe.network.patchSize
        return entry.name.contains("patch_embed") ? patch : entry.shape.dropFirst().reduce(1, *)
    }

    private static func values(
        _ entry: ParameterLayout.Entry, inputs: Int, _ generator: inout CounterGenerator
    ) -> [Float] {
        let bound = 1 / Double(inputs).squareRoot()
        if entry.name.contains("patch_embed") || entry.name.hasSuffix("weight_v") {
            return (0..<entry.count).map { _ in Float(bound * (2 * generator.uniform() - 1)) }
        }
        if entry.name.hasSuffix("weight_g") { return [Float](repeating: 1, count: entry.count) }
        if entry.name.hasSuffix(".bias") { return [Float](repeating: 0, count: entry.count) }
        if entry.name.contains("norm") { return [Float](repeating: 1, count: entry.count) }
        return (0..<entry.count).map { _ in Float(0.02 * normal(&generator)) }
    }

    /// A normal number, drawn again outside ±100 deviations (the reference's ±2 at a deviation of 0.02).
    private static func normal(_ generator: inout CounterGenerator) -> Double {
        let radius = (-2 * log(1 - generator.uniform())).squareRoot()
        return radius * cos(2 * .pi * generator.uniform())
    }
}
