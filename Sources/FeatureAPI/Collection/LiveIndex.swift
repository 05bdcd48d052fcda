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
            // Features that are stored never change, so the codes of one that is here are those of its stored vector, whatever
            // this upload's came out as. One that is not here had no features of this generation until now.
            let isHere = active.index.label(of: insertion.image.id) != nil
            if isHere || generation != active.generation.id {
                active.index.setLabel(insertion.labelToken, of: insertion.image.id)
            } else {
                try active.index.insert(
                    id: insertion.image.id, label: insertion.labelToken, vector: image.features.cls)
            }
        }
        return insertions
    }

    /// Stores features of images that are there, then shows them to searches if they are of the active generation.
    func addFeatures(
        _ features: [(id: Int64, features: ImageFeatures)], generation: Int64, to store: FeatureStore
    ) throws {
        let active = active
        let isActive = generation == active.generation.id
        // Looked up before: after the commit nothing may fail any more.
        let missing = try isActive ? store.labelTokens(ofImagesWithoutFeatures: features.map(\.id), generation) : [:]
        try store.addFeatures(features, generation: generation)
        for (id, features) in features {
            guard let label = missing[id], active.index.label(of: id) == nil else { continue }
            try active.index.insert(id: id, label: label, vector: features.cls)
        }
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
        guard let changed = try store.changed(id, by: change) else { return nil }
        active.index.setLabel(changed.labelToken, of: id)
        return changed.image
    }
}
