/// The batches of a training, made by threads of its own some steps ahead, in the order of the steps.
///
/// A batch follows from the recipe's seed, its step and the sizes of its crops alone: neither the number of threads nor
/// the step at which a run is taken up again changes a bit of it.
///
///     let loader = CropLoader(store, recipe: recipe, firstStep: 0, threads: 2) { _ in .init(global: 64, local: 32) }
///     let batch = try loader.next()
public final class CropLoader: Sendable {
    private let work: OrderedWork<Result<CropBatch, TrainingError>>?
    private let objection: TrainingError?

    /// The loader of the steps from `firstStep` on.
    ///
    /// Memory: at most `ahead` batches, of 12 bytes a pixel.
    /// - Parameters:
    ///   - threads: the threads that make batches.
    ///   - ahead: the batches that are made before they are asked for.
    ///   - sizes: the sides of a step's crops; the same for the same step in every run.
    public init(
        _ store: ImageStore, recipe: Recipe, firstStep: Int, threads: Int, ahead: Int = 4,
        sizes: @escaping @Sendable (_ step: Int) -> CropSizes
    ) {
        objection = Self.objection(to: recipe, images: store.count, firstStep: firstStep)
        guard objection == nil else {
            work = nil
            return
        }
        let order = EpochOrder(seed: recipe.seed, images: store.count, batch: recipe.batch)
        let cropper = Cropper(store: store, recipe: recipe, order: order)
        work = OrderedWork(firstStep..<Int.max, threads: threads, ahead: ahead, name: "crops") { step in
            Result { () throws(TrainingError) in try cropper.batch(step: step, sizes: sizes(step)) }
        }
    }

    /// The batch of the next step; blocks until it is made.
    ///
    /// - Throws: `TrainingError.data` for fewer images than a batch takes and after `stop`; `.recipe` for contradictory
    ///   crops; `.crops` for sizes that cannot be.
    public func next() throws(TrainingError) -> CropBatch {
        if let objection { throw objection }
        guard let result = work?.next() else {
            throw .data(place: "crops", reason: "the loader has been stopped: make a new one from the next step on")
        }
        return try result.get()
    }

    /// The total time that `next` waited for a batch.
    public var waited: Duration { work?.waited ?? .zero }

    /// Ends the threads and waits for them; also done when the loader is let go.
    public func stop() { work?.stop() }

    /// The whole batches in a number of images: `floor(N / B)`, as each of a run's epochs has.
    public static func stepsPerEpoch(images: Int, batch: Int) -> Int { batch > 0 ? images / batch : 0 }

    private static func objection(to recipe: Recipe, images: Int, firstStep: Int) -> TrainingError? {
        do throws(TrainingError) {
            try recipe.checkCrops()
        } catch {
            return error
        }
        if firstStep < 0 { return .crops("the first step is \(firstStep), expected 0 or more") }
        guard recipe.batch < 1 || images < recipe.batch else { return nil }
        return .data(
            place: "the training images",
            reason: "\(images) \(images == 1 ? "image is" : "images are") fewer than the \(recipe.batch) of a batch: "
                + "give more images or a smaller --batch_size")
    }
}
