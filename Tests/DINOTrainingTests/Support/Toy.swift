import DINOTraining
import Tensors
import TestSupport

extension Recipe {
    /// A network of two narrow blocks on crops of 16 and 8 px, that a formula is quick to follow.
    static var toy: Recipe { toy(width: 32) }

    /// The same with other numbers: the only small recipe of these tests, from which each makes its own.
    static func toy(
        width: Int, depth: Int = 2, heads: Int = 2, patch: Int = 4, mlpRatio: Double = 4,
        head: (hidden: Int, bottleneck: Int, prototypes: Int) = (48, 16, 64), locals: Int = 2, batch: Int = 3
    ) -> Recipe {
        var recipe = Recipe()
        recipe.network.embedDim = width
        recipe.network.depth = depth
        recipe.network.heads = heads
        recipe.network.patchSize = patch
        recipe.network.mlpRatio = mlpRatio
        recipe.imageSize = 16
        recipe.head.hidden = head.hidden
        recipe.head.bottleneck = head.bottleneck
        recipe.head.outDim = head.prototypes
        recipe.crops.globalSize = 16
        recipe.crops.localSize = 8
        recipe.crops.localNumber = locals
        recipe.dropPathRate = 0
        recipe.batch = batch
        return recipe
    }

    /// Random crops of this recipe, the same for a seed.
    func crops(seed: UInt64) -> CropBatch {
        func group(_ views: Int, _ size: Int, _ seed: UInt64) -> CropGroup {
            let rows = Rows.random(views * batch, 3 * size * size, seed: seed)
            return CropGroup(
                size: size, views: views, pixels: Tensor(shape: [views * batch, 3, size, size], scalars: rows.floats))
        }
        let locals =
            crops.localNumber > 0
            ? [group(crops.localNumber, crops.localSize, seed.multipliedReportingOverflow(by: 31).0)] : []
        return CropBatch(step: 0, images: batch, groups: [group(2, crops.globalSize, seed)] + locals)
    }
}

extension Rates {
    /// Rates that move everything.
    static let plain = Rates(
        learningRate: 1e-3, weightDecay: 0.04, momentum: 0.9, teacherTemp: 0.07, lastLayerFrozen: false)
}

extension Trainer {
    /// A trainer whose student and teacher differ, and whose weights are large enough for attention to be uneven.
    static func toy(
        _ recipe: Recipe = .toy, precision: Precision = .fp32, on compute: Compute? = nil, seed: UInt64 = 1
    ) throws -> Trainer {
        let trainer = try Trainer(recipe, precision: precision, on: compute ?? Compute(threads: 2))
        for (index, block) in [trainer.studentParameters, trainer.teacherParameters].enumerated() {
            for (place, entry) in block.layout.entries.enumerated() {
                let random = Rows.random(
                    1, entry.count, seed: seed + 1000 * UInt64(index) + UInt64(place), in: -0.3...0.3)
                let isGain =
                    entry.name.hasSuffix("weight_g") || entry.name.contains("norm") && entry.name.hasSuffix("weight")
                let isFrozen = entry.name.hasSuffix("weight_g") && recipe.head.normLastLayer
                block.write(random.floats.map { (isGain ? 1 : 0) + (isFrozen ? 0 : $0) }, to: entry)
            }
        }
        trainer.refresh()
        return trainer
    }

    /// All parameters and the centre, to be compared bit by bit.
    var weights: [[Float]] {
        [studentParameters, teacherParameters].flatMap { block in
            block.layout.entries.map { block.tensor($0).scalars }
        } + [center.scalars]
    }
}
