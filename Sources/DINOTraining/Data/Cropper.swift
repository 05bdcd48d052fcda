import DINO
import Images
import Tensors

/// The maker of one batch; the same for the same step and sizes, on any thread.
struct Cropper: Sendable {
    let store: ImageStore
    let recipe: Recipe
    let order: EpochOrder
    private let normalization = Normalization(
        mean: Preprocessing.evaluation.mean, std: Preprocessing.evaluation.std)

    init(store: ImageStore, recipe: Recipe, order: EpochOrder) {
        self.store = store
        self.recipe = recipe
        self.order = order
    }

    /// The crops of a step's images.
    func batch(step: Int, sizes: CropSizes) throws(TrainingError) -> CropBatch {
        let locals = recipe.crops.localNumber
        guard Recipe.cropSides.contains(sizes.global), locals == 0 || Recipe.cropSides.contains(sizes.local) else {
            throw .crops(
                "step \(step) asks for crops of \(sizes.global) and \(sizes.local) px: choose "
                    + "\(Recipe.cropSides.lowerBound) to \(Recipe.cropSides.upperBound)")
        }
        var groups = [group(step, views: 0..<2, size: sizes.global, sizes)]
        if locals > 0 { groups.append(group(step, views: 2..<2 + locals, size: sizes.local, sizes)) }
        return CropBatch(step: step, images: recipe.batch, groups: groups)
    }

    private func group(_ step: Int, views: Range<Int>, size: Int, _ sizes: CropSizes) -> CropGroup {
        let images = order.images(ofStep: step)
        let plane = 3 * size * size
        let scalars = [Float](unsafeUninitializedCapacity: views.count * images.count * plane) { buffer, count in
            for (slot, index) in images.enumerated() {
                let image = store.image(index)
                for (row, view) in views.enumerated() {
                    let crop = plan(image, step: step, index: index, view: view, sizes)(image, size: size)
                    let start = (row * images.count + slot) * plane
                    var target = UnsafeMutableBufferPointer(rebasing: buffer[start..<start + plane]).mutableSpan
                    normalization.write(crop, to: &target)
                }
            }
            count = views.count * images.count * plane
        }
        return CropGroup(
            size: size, views: views.count,
            pixels: Tensor(shape: [views.count * images.count, 3, size, size], scalars: scalars))
    }

    private func plan(_ image: RGBImage, step: Int, index: Int, view: Int, _ sizes: CropSizes) -> CropPlan {
        var generator = CounterGenerator(
            seed: recipe.seed, epoch: order.epoch(ofStep: step), image: index, crop: view, step: step)
        return CropPlan(
            CropView(rawValue: view) ?? .local, width: image.width, height: image.height, globalSize: sizes.global,
            recipe: recipe, &generator)
    }
}
