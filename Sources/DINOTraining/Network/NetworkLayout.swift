import DINO
import Tensors

/// The names and shapes of a student's or teacher's parameters, as the reference's state dict has them.
enum NetworkLayout {
    static func layout(_ recipe: Recipe) -> ParameterLayout {
        ParameterLayout(backbone(recipe.architecture) + head(recipe))
    }

    private static func backbone(_ shape: Architecture) -> [(name: String, shape: [Int])] {
        let d = shape.embedDim, p = shape.patchSize, positions = shape.gridSize * shape.gridSize + 1
        var tensors: [(name: String, shape: [Int])] = [
            ("cls_token", [1, 1, d]), ("pos_embed", [1, positions, d]), ("patch_embed.proj.weight", [d, 3, p, p]),
            ("patch_embed.proj.bias", [d]),
        ]
        for block in 0..<shape.depth {
            let layers: [(String, [Int])] = [
                ("norm1", [d]), ("attn.qkv", [3 * d, d]), ("attn.proj", [d, d]), ("norm2", [d]),
                ("mlp.fc1", [shape.hiddenDim, d]), ("mlp.fc2", [d, shape.hiddenDim]),
            ]
            for (layer, weight) in layers {
                tensors.append(("blocks.\(block).\(layer).weight", weight))
                tensors.append(("blocks.\(block).\(layer).bias", [weight[0]]))
            }
        }
        tensors += [("norm.weight", [d]), ("norm.bias", [d])]
        return tensors.map { ("backbone.\($0.name)", $0.shape) }
    }

    private static func head(_ recipe: Recipe) -> [(name: String, shape: [Int])] {
        let head = recipe.head, d = recipe.network.embedDim
        return [
            ("head.mlp.0.weight", [head.hidden, d]), ("head.mlp.0.bias", [head.hidden]),
            ("head.mlp.2.weight", [head.hidden, head.hidden]), ("head.mlp.2.bias", [head.hidden]),
            ("head.mlp.4.weight", [head.bottleneck, head.hidden]), ("head.mlp.4.bias", [head.bottleneck]),
            ("head.last_layer.weight_g", [head.outDim, 1]),
            ("head.last_layer.weight_v", [head.outDim, head.bottleneck]),
        ]
    }
}
