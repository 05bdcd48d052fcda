import Tensors

/// A student or a teacher: parameters in one flat block, and the layers that look into it.
final class Network: Sendable {
    struct Norm: Sendable {
        let weight, bias: MatrixRows
    }

    struct Block: Sendable {
        let norm1, norm2: Norm
        let qkv, proj, fc1, fc2: TrainableLinear
    }

    let recipe: Recipe
    let precision: Precision
    let parameters: ParameterBlock
    let patchEmbed: TrainableLinear
    let blocks: [Block]
    let norm: Norm
    let head: HeadLayers
    private let linears: [TrainableLinear]

    /// A network of zeros; `isStudent` says whether it will be differentiated.
    init(_ recipe: Recipe, isStudent: Bool, precision: Precision, on compute: Compute) {
        self.recipe = recipe
        self.precision = precision
        let parameters = ParameterBlock(NetworkLayout.layout(recipe))
        self.parameters = parameters
        var linears: [TrainableLinear] = []
        func linear(_ name: String, differentiable: Bool = isStudent) -> TrainableLinear {
            let layer = TrainableLinear(
                weight: parameters.rows("\(name).weight"), bias: parameters.rows("\(name).bias"),
                differentiable: differentiable, precision: precision, on: compute)
            linears.append(layer)
            return layer
        }
        func norm(_ name: String) -> Norm {
            Norm(weight: parameters.rows("\(name).weight"), bias: parameters.rows("\(name).bias"))
        }
        patchEmbed = linear("backbone.patch_embed.proj", differentiable: false)
        blocks = (0..<recipe.network.depth).map { index in
            let name = "backbone.blocks.\(index)"
            return Block(
                norm1: norm("\(name).norm1"), norm2: norm("\(name).norm2"), qkv: linear("\(name).attn.qkv"),
                proj: linear("\(name).attn.proj"), fc1: linear("\(name).mlp.fc1"), fc2: linear("\(name).mlp.fc2"))
        }
        self.norm = norm("backbone.norm")
        head = HeadLayers(
            mlp: [0, 2, 4].map { linear("head.mlp.\($0)") }, parameters: parameters, head: recipe.head,
            differentiable: isStudent, on: compute)
        self.linears = linears + [head.last]
    }

    /// Brings everything derived from the parameters up to date, after they changed.
    func refresh(on compute: Compute) {
        head.normalizeLastLayer(on: compute)
        compute.pack(linears)
    }
}

/// The layers of `DINOHead`: an MLP of three, and a last layer whose rows W_k = g_k·v_k/‖v_k‖ are weight-normalised.
///
/// The last layer is in float32 always: the teacher's temperature would turn the rounding of its logits into noise.
struct HeadLayers: Sendable {
    let mlp: [TrainableLinear]
    let last: TrainableLinear
    let weightG, weightV: MatrixRows
    private let weight: Matrix

    init(
        mlp: [TrainableLinear], parameters: ParameterBlock, head: Recipe.Head, differentiable: Bool, on compute: Compute
    ) {
        self.mlp = mlp
        weightG = parameters.rows("head.last_layer.weight_g")
        weightV = parameters.rows("head.last_layer.weight_v")
        weight = Matrix(columns: head.bottleneck)
        weight.resize(rows: head.outDim)
        last = TrainableLinear(weight: weight.allRows, bias: nil, differentiable: differentiable, on: compute)
    }

    func normalizeLastLayer(on compute: Compute) {
        compute.forEachPart(of: weightV.count, 256) { rows in
            compute.weightNormForward(weightV[rows], gains: weightG[rows], into: weight.rows(rows))
        }
    }
}
