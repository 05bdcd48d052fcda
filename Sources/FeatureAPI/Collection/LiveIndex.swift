import FeatureSearch
import FeatureStorage
import Synchronization

/// The active generation as readers see it, kept in step with the store by the one thread that changes both.
final class LiveIndex: Sendable {
    private let current: Mutex<ActiveGeneration>

    init(_ generation: ActiveGeneration) { current = Mutex(generation) }

    /// The generation of this moment. Its index goes on following the store until another generation takes its place.
    var active: ActiveGeneration { current.withLock { $0 } }

    /// Puts another generation in its place, at once.
    func replace(by generation: ActiveGeneration) { current.withLock { $0 = generation } }

    /// Stores `images` with the features of `generation`, then shows them to searches if it is the active one.
    func insert(_ images: [NewImage], generation: Int64, into store: FeatureStore) throws -> [Insertion] {
        let insertions = try store.insert(images, generation: generation)
        let active = active
        for (image, insertion) in zip(images, insertions) {
            if case .replaced(let old) = insertion.outcome { active.index.remove(old) }
            guard generation == active.generation.id else {
                active.index.setLabel(insertion.labelToken, of: insertion.image.id)
                continue
            }
            // Of one that was there too: it may have had no features of this generation before.
            try active.index.insert(
                id: insertion.image.id, label: insertion.labelToken, vector: image.features.cls)
        }
        return insertions
    }

    /// Removes images from the store, then from searches; gives those that were there.
    func remove(_ ids: [Int64], from store: FeatureStore) throws -> [Int64] {
        let removed = try store.remove(ids)
        let index = active.index
        for id in removed { index.remove(id) }
        return removed
    }

    /// Changes what is said about an image in the store, then the label that searches see; nothing where there is none.
    func update(_ id: Int64, _ change: ImageChange, in store: FeatureStore) throws -> StoredImage? {
        guard let image = try store.update(id, change) else { return nil }
        let token = try image.label.flatMap { label throws(StorageError) in try store.labelToken(label) }
        active.index.setLabel(token ?? 0, of: id)
        return image
    }
}
