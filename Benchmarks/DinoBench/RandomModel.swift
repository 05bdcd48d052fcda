import ArgumentParser
import Checkpoints
import DINO
import Foundation
import Tensors

/// An architecture to measure, with random weights: speed does not depend on them.
struct RandomModel {
    let architecture: Architecture
    /// The name under which timm makes the same network.
    let timmName: String
    /// The side of the images it is measured at.
    let size: Int

    static let known: [String: RandomModel] = [
        "vits16": RandomModel(384, 12, 6, patch: 16, size: 224, timm: "vit_small_patch16_224.dino"),
        "vits8": RandomModel(384, 12, 6, patch: 8, size: 224, timm: "vit_small_patch8_224.dino"),
        "vitb16": RandomModel(768, 12, 12, patch: 16, size: 224, timm: "vit_base_patch16_224.dino"),
        "vits14": RandomModel(384, 12, 6, patch: 14, size: 518, timm: "vit_small_patch14_dinov2.lvd142m"),
    ]

    /// The model of an option.
    static func named(_ name: String) throws -> RandomModel {
        guard let model = known[name] else {
            throw ValidationError("--model \(name): choose \(known.keys.sorted().joined(separator: ", "))")
        }
        return model
    }

    private init(_ width: Int, _ depth: Int, _ heads: Int, patch: Int, size: Int, timm: String) {
        architecture = Architecture(
            family: patch == 14 ? .dinov2 : .dino, embedDim: width, depth: depth, heads: heads, patchSize: patch,
            gridSize: size / patch)
        timmName = timm
        self.size = size
    }

    /// Writes the weights into a folder, unless they are there: a model directory.
    func write(into folder: URL) throws {
        let file = folder.appendingPathComponent("model.safetensors")
        guard !FileManager.default.fileExists(atPath: file.path) else { return }
        let tensors = architecture.tensorShapes.sorted { $0.key < $1.key }.map { name, shape in
            (name: name, tensor: Tensor.noise(shape, in: -0.03...0.03))
        }
        try Safetensors.write(tensors, metadata: [:], to: file)
    }

    /// Writes the weights into a folder and loads them as the server would.
    func load(into folder: URL, precision: Precision = .fp32, on compute: Compute) throws -> Model {
        try write(into: folder)
        return try Model.load(folder.path, precision: precision, on: compute)
    }
}

extension Tensor {
    /// Numbers in a range, evenly spread: fast to make, for measurements in which they do not matter.
    static func noise(_ shape: [Int], in range: ClosedRange<Float>) -> Tensor {
        var state: UInt64 = 1
        let scale = (range.upperBound - range.lowerBound) / Float(1 << 24)
        return Tensor(
            shape: shape,
            scalars: (0..<shape.reduce(1, *)).map { _ in
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407  // Knuth's MMIX
                return range.lowerBound + Float(state >> 40) * scale
            })
    }
}
