import Foundation

/// The memory that a training of a recipe takes, from its shapes, in bytes; photographs are not in it.
///
/// An estimate from below: what grows with the batch, the crops or the parameters, without the few megabytes beside it.
public struct TrainingMemory: Sendable {
    /// Student, teacher, gradients, moments, and the copies of the weights that are packed for the kernels.
    public let parameters: Double
    /// What the forward passes leave for the backward pass, and the gradients on their way.
    public let activations: Double
    /// The batches that are made ahead.
    public let crops: Double

    /// All of it.
    public var total: Double { parameters + activations + crops }

    private static let float = Double(MemoryLayout<Float>.stride)
    /// Batches made ahead or being made, and the one that is learnt from.
    private static let batches = 5.0

    /// The memory of a recipe that passes its check.
    public init(_ recipe: Recipe) {
        let entries = NetworkLayout.layout(recipe).entries
        let count = entries.reduce(0.0) { $0 + Double($1.count) }
        let blocks = recipe.optimizer == .adamw ? 8.0 : 7.0
        parameters = Self.float * count * blocks

        let sizes = Self.largest(recipe)
        let batch = Double(recipe.batch), locals = Double(recipe.crops.localNumber)
        let globals = Self.floats(recipe, images: 2 * batch, side: sizes.global)
        let local = Self.floats(recipe, images: locals * batch, side: sizes.local)
        // Caches are kept and grow to the larger of both groups; the teacher's and the gradients' are one block's.
        let rows = max(globals.rows, local.rows), answers = max(2, locals) * batch,
            prototypes = Double(recipe.head.outDim)
        let head = 7 * Double(recipe.head.hidden) + 4 * Double(recipe.head.bottleneck)
        activations =
            Self.float
            * (max(globals.kept, local.kept) + globals.block + rows * Self.gradients(recipe)
                + answers * (head + prototypes) + batch * (5 * prototypes + head))
        crops = Self.float * Self.batches * (globals.pixels + local.pixels)
    }

    /// The largest sides that crops have in the run.
    private static func largest(_ recipe: Recipe) -> CropSizes {
        let early = recipe.crops.early
        return CropSizes(
            global: max(recipe.crops.globalSize, early?.globalSize ?? 0),
            local: max(recipe.crops.localSize, early?.localSize ?? 0))
    }

    private static func floats(
        _ recipe: Recipe, images: Double, side: Int
    ) -> (rows: Double, kept: Double, block: Double, pixels: Double) {
        let d = Double(recipe.network.embedDim), hidden = Double(recipe.architecture.hiddenDim)
        let patch = Double(recipe.network.patchSize), grid = Double(side / recipe.network.patchSize)
        let rows = images * (grid * grid + 1)
        // norm1, norm2, q k v, heads, mid; fc1 and its GELU; the residual stream. Of the last block CLS alone.
        let block = 8 * d + 2 * hidden, depth = Double(recipe.network.depth)
        let kept = rows * ((depth - 1) * block + 6 * d + 3 * patch * patch)
        return (rows, kept, rows * (block + 3 * patch * patch), images * 3 * Double(side) * Double(side))
    }

    /// The floats of a row in a backward pass: three streams, q k v, heads, two branches, fc1.
    private static func gradients(_ recipe: Recipe) -> Double {
        9 * Double(recipe.network.embedDim) + Double(recipe.architecture.hiddenDim)
    }

    /// Refuses a recipe that does not fit.
    ///
    /// - Parameter limit: the bytes there are; the machine's where nil.
    /// - Throws: `TrainingError.recipe` with the estimate and the limit.
    public func check(limit: Int? = nil) throws(TrainingError) {
        let limit = Double(limit ?? Int(clamping: ProcessInfo.processInfo.physicalMemory))
        guard total > limit else { return }
        throw .recipe(
            "this training takes about \(Self.text(total)) of memory (\(Self.text(parameters)) for weights and moments, "
                + "\(Self.text(activations)) for activations, \(Self.text(crops)) for crops), this machine has "
                + "\(Self.text(limit)): choose a smaller --batch_size_per_gpu, fewer or smaller crops, a larger --patch_size or "
                + "a smaller network")
    }

    /// Bytes in the unit that suits them.
    private static func text(_ bytes: Double) -> String {
        let units = ["B", "kB", "MB", "GB", "TB", "PB"]
        var value = bytes, unit = 0
        while value >= 1000, unit + 1 < units.count { (value, unit) = (value / 1000, unit + 1) }
        return String(format: value < 10 && unit > 0 ? "%.1f %@" : "%.0f %@", value, units[unit])
    }
}
