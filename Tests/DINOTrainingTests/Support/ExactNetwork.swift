import DINOTraining
import Tensors
import TestSupport

/// A student or a teacher as the reference's code has it, in double precision: every block answers for every token.
struct ExactNetwork {
    let recipe: Recipe
    /// Each tensor under its name: as many rows as its first extent, a vector in one; positions a row for each.
    var tensors: [String: Rows]

    init(_ recipe: Recipe, _ block: ParameterBlock) {
        self.recipe = recipe
        tensors = Dictionary(
            uniqueKeysWithValues: block.layout.entries.map { entry in
                let columns = entry.name == "backbone.pos_embed" ? recipe.network.embedDim : nil
                let width = columns ?? (entry.shape.count > 1 ? entry.count / entry.shape[0] : entry.count)
                return (entry.name, Rows(entry.count / width, width, block.tensor(entry).scalars.map(Double.init)))
            })
    }

    private subscript(name: String) -> Rows { tensors[name] ?? Rows(zeros: 0, 0) }

    private func linear(_ x: Rows, _ name: String) -> Rows {
        Exact.linear(x, self["\(name).weight"], self["\(name).bias"])
    }

    private func norm(_ x: Rows, _ name: String) -> Rows {
        Exact.layerNorm(x, weight: self["\(name).weight"], bias: self["\(name).bias"])
    }

    /// CLS features (images, D) of pixels (images, 3, S, S).
    ///
    /// - Parameter factors: what residual branches are multiplied by (2·depth, images), 1 where nil.
    func cls(_ pixels: Tensor, factors: [Float]? = nil) -> Rows {
        let images = pixels.shape[0], side = pixels.shape[2], patch = recipe.network.patchSize
        let all = pixels.scalars.map(Double.init), size = 3 * side * side
        let patches = (0..<images).map {
            Exact.patches(Array(all[$0 * size..<($0 + 1) * size]), side: side, patch: patch)
        }
        let grid = side / patch, tokens = grid * grid + 1
        var stream = Exact.embed(
            Rows(images * grid * grid, 3 * patch * patch, patches.flatMap(\.values)), images: images,
            weight: self["backbone.patch_embed.proj.weight"], bias: self["backbone.patch_embed.proj.bias"],
            cls: self["backbone.cls_token"],
            positions: Exact.positions(
                self["backbone.pos_embed"], trained: recipe.imageSize / patch, grid: grid))
        for block in 0..<recipe.network.depth {
            let name = "backbone.blocks.\(block)"
            func scaled(_ branch: Rows, _ half: Int) -> Rows {
                guard let factors else { return branch }
                var result = branch
                for row in 0..<branch.count {
                    let factor = factors[(2 * block + half) * images + row / tokens]
                    for column in 0..<branch.columns { result[row, column] *= Double(factor) }
                }
                return result
            }
            let qkv = linear(norm(stream, "\(name).norm1"), "\(name).attn.qkv")
            let heads = Exact.attention(qkv, images: images, heads: recipe.network.heads, queries: tokens)
            stream = stream.plus(scaled(linear(heads, "\(name).attn.proj"), 0))
            let pre = linear(norm(stream, "\(name).norm2"), "\(name).mlp.fc1")
            stream = stream.plus(scaled(linear(Exact.gelu(pre), "\(name).mlp.fc2"), 1))
        }
        let last = norm(stream, "backbone.norm")
        return Rows(images, last.columns, (0..<images).flatMap { last.row($0 * tokens) })
    }

    /// Logits (rows, K) of CLS features.
    func logits(_ cls: Rows) -> Rows {
        let hidden = Exact.gelu(linear(Exact.gelu(linear(cls, "head.mlp.0")), "head.mlp.2"))
        let last = Exact.weightNorm(self["head.last_layer.weight_v"], gains: self["head.last_layer.weight_g"])
        return Exact.linear(Exact.normalize(linear(hidden, "head.mlp.4")), last)
    }

    /// The logits (B, K) of every view of a batch, globals first.
    func views(_ batch: CropBatch, factors: [[Float]?] = []) -> [Rows] {
        batch.groups.enumerated().flatMap { index, group in
            let all = logits(cls(group.pixels, factors: index < factors.count ? factors[index] : nil))
            return (0..<group.views).map { all.rows($0 * batch.images..<($0 + 1) * batch.images) }
        }
    }

    /// The two targets (B, K) that this network, as a teacher, sets for a batch.
    func targets(_ batch: CropBatch, center: [Double], temperature: Double) -> [Rows] {
        let globals = CropBatch(step: batch.step, images: batch.images, groups: [batch.groups[0]])
        return views(globals).map { Exact.targets($0, center: center, temperature: temperature) }
    }

    /// The mean of the teacher's logits over both global views.
    func meanAnswer(_ batch: CropBatch) -> [Double] {
        let all = logits(cls(batch.groups[0].pixels))
        return (0..<all.columns).map { column in
            (0..<all.count).reduce(0) { $0 + all[$1, column] } / Double(all.count)
        }
    }
}
