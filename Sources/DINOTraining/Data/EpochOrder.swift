import Synchronization

/// The images of every step: each epoch is a permutation of its own, cut into whole batches; what is left over of an
/// epoch is dropped, as the reference's `drop_last` does.
final class EpochOrder: Sendable {
    private let seed: UInt64
    private let images: Int
    private let batch: Int
    private let stepsPerEpoch: Int
    /// The permutations of the latest epochs asked for; at the turn of an epoch, threads want two.
    private let latest = Mutex<[(epoch: Int, order: [Int])]>([])

    /// - Precondition: there are at least as many images as a batch takes.
    init(seed: UInt64, images: Int, batch: Int) {
        self.seed = seed
        self.images = images
        self.batch = batch
        stepsPerEpoch = CropLoader.stepsPerEpoch(images: images, batch: batch)
    }

    /// The epoch of a step, from 0.
    func epoch(ofStep step: Int) -> Int { step / stepsPerEpoch }

    /// The indices of a step's images.
    func images(ofStep step: Int) -> ArraySlice<Int> {
        let start = step % stepsPerEpoch * batch
        return order(ofEpoch: epoch(ofStep: step))[start..<start + batch]
    }

    private func order(ofEpoch epoch: Int) -> [Int] {
        latest.withLock { latest in
            if let known = latest.first(where: { $0.epoch == epoch }) { return known.order }
            var generator = CounterGenerator(seed: seed, epoch: epoch, image: .max, crop: .max, step: .max)
            let order = generator.permutation(images)
            latest = latest.suffix(1) + [(epoch, order)]
            return order
        }
    }
}
