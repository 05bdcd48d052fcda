public import FeatureSearch
public import FeatureStorage
public import Tensors

/// The generation that searches are answered from, and its vectors in memory.
///
/// One value, swapped whole: a search takes it once and sees one model's features from beginning to end.
public struct ActiveGeneration: Sendable {
    /// Whose features are searched.
    public let generation: Generation
    /// The features, by image.
    public let index: VectorIndex
    /// The images whose stored vectors cannot be searched: of another number of dimensions, not finite, or not of length 1.
    public let leftOut: [Int64]

    /// A generation with the index of its features.
    public init(generation: Generation, index: VectorIndex, leftOut: [Int64] = []) {
        (self.generation, self.index, self.leftOut) = (generation, index, leftOut)
    }

    /// The generation with its features, read from `store` in one sequential pass. Blocking.
    ///
    /// A vector that cannot be searched keeps none of the others from it: it is ``leftOut``.
    ///
    /// - Parameter progress: called now and then with the vectors read so far.
    public init(
        loading generation: Generation, from store: FeatureStore, compute: Compute,
        progress: (_ vectors: Int) -> Void = { _ in }
    ) throws {
        let index = VectorIndex(
            dimensions: generation.model.dimensions, compute: compute, capacity: generation.count)
        var count = 0
        var leftOut = [Int64]()
        try store.forEachVector(of: generation.id) { id, label, vector in
            do throws(SearchError) {
                try index.insert(id: id, label: label, vector: vector)
            } catch {
                leftOut.append(id)
            }
            count += 1
            if count.isMultiple(of: 16_384) { progress(count) }
        }
        progress(count)
        self.init(generation: generation, index: index, leftOut: leftOut)
    }

    /// What there is to say about the images that are left out, in a sentence, if there are any.
    public var warning: String? {
        guard !leftOut.isEmpty else { return nil }
        let some = leftOut.prefix(10).map(String.init).joined(separator: ", ")
        return
            "\(leftOut.count) stored feature\(leftOut.count == 1 ? "" : "s") of \(generation.model.name) cannot be searched "
            + "and left out (image\(leftOut.count == 1 ? "" : "s") \(some)\(leftOut.count > 10 ? ", …" : "")): stop the server "
            + "and run `dino-server check`."
    }

    /// The source of the exact vectors for re-ranking.
    package func vectors(in store: FeatureStore) -> StoredVectors {
        StoredVectors(store: store, generation: generation.id)
    }
}

/// The vectors of one generation in the store; those of images that are gone are left out.
package struct StoredVectors: VectorSource {
    let store: FeatureStore
    let generation: Int64

    package func vectors(of ids: [Int64]) throws -> [Int64: [Float]] {
        do {
            return try store.vectors(of: ids, generation: generation)
        } catch StorageError.unknownGeneration {
            // It was dropped since the search took it.
            throw SearchError.vanished
        }
    }
}
