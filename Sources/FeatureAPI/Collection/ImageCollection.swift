public import FeatureStorage
import Foundation
public import Tensors

/// The collection: images and features in a store, the active generation's vectors in memory, and the model.
///
///     let store = try FeatureStore.open("dino-server.sqlite")
///     let collection = try ImageCollection(store: store, pipeline: pipeline, compute: compute)
///
/// Whatever changes the collection goes through one thread, that of ``change(_:)``: first the store's transaction, then
/// the index, then the next change. So index and store go through the same states in the same order and cannot drift apart,
/// and whoever is told that something is stored finds it with the next search. Reading has threads of its own and waits for
/// no writer: a search sees the index of one moment, and leaves out what the store has lost since.
public final class ImageCollection: Sendable {
    /// How much happens at once, and what is kept.
    public struct Options: Sendable {
        /// Threads that read the store and search.
        public var readers = 4
        /// Whether patch features are stored with every image.
        public var keepsPatches = true
        /// The most images on a map; of more, an even sample is.
        package var largestMap = 100_000
        /// What remembers the map by principal components.
        package var principalMaps = PrincipalMapMemory()

        /// The defaults.
        public init() {}
    }

    /// The images and features.
    public let store: FeatureStore
    /// What makes images of files.
    public let ingest: ImageIngest
    /// The generation of the loaded model. Its id and its model never change; its state and count are those of the start.
    public let ownGeneration: Generation
    /// The threads that a search is computed on.
    public let compute: Compute
    let commits: CommitQueue
    let live: LiveIndex
    /// The most images on a map.
    let largestMap: Int
    let principalMaps: PrincipalMapMemory
    /// Where a job lays out a map.
    let layoutThread = WorkerPool(width: 1)
    private let readers: WorkerPool
    private let writer: WorkerPool

    /// The collection in `store` with the model of `pipeline`. Blocking: the active generation is read into memory.
    ///
    /// - Parameter progress: called now and then with the vectors read so far, and all.
    public init(
        store: FeatureStore, pipeline: EmbeddingPipeline, compute: Compute, options: Options = .init(),
        progress: (_ vectors: Int, _ total: Int) -> Void = { _, _ in }
    ) throws {
        let ingest = ImageIngest(pipeline: pipeline, keepsPatches: options.keepsPatches)
        let own = try store.generation(for: ingest.generationModel)
        let active = try store.generations().first { $0.state == .active } ?? own
        let live = LiveIndex(
            try ActiveGeneration(loading: active, from: store, compute: compute) { progress($0, active.count) })
        let writer = WorkerPool(width: 1)
        (self.store, self.ingest, self.compute, self.live, self.writer) = (store, ingest, compute, live, writer)
        ownGeneration = own
        readers = WorkerPool(width: options.readers)
        (largestMap, principalMaps) = (options.largestMap, options.principalMaps)
        commits = CommitQueue(thread: writer) { try live.insert($0, generation: own.id, into: store) }
    }

    /// The generation that searches are answered from now.
    public var active: ActiveGeneration { live.active }

    /// Whether searches are answered with the features of the loaded model.
    public var isOwnGenerationActive: Bool { active.generation.id == ownGeneration.id }

    /// What `body` reads from the store or the index, on a thread that may block.
    public func read<Value: Sendable>(_ body: @escaping @Sendable (FeatureStore) throws -> Value) async throws -> Value
    {
        try await readers.run { [store] in try body(store) }
    }

    /// What `body` changes, after every change that was begun before and before any other; on a thread that may block.
    public func change<Value: Sendable>(
        _ body: @escaping @Sendable (FeatureStore) throws -> Value
    ) async throws -> Value {
        try await writer.run { [store] in try body(store) }
    }

    /// Stores features that were made of stored images, in the order of changes.
    func addFeatures(_ features: [(id: Int64, features: ImageFeatures)], generation: Int64) async throws {
        try await change { [live] store in try live.addFeatures(features, generation: generation, to: store) }
    }

    /// Has searches answered from another generation, which has to be complete: activated in the store, read into memory,
    /// swapped at once. Changes wait as long; searches go on in the old one.
    @discardableResult
    public func activate(_ generation: Int64) async throws -> ActiveGeneration {
        try await change { [live, compute] store in
            guard var next = try store.generations().first(where: { $0.id == generation }) else {
                throw StorageError.unknownGeneration(generation)
            }
            let index = try ActiveGeneration(loading: next, from: store, compute: compute).index
            try store.activate(generation)
            // Nothing may fail from here on: the store has switched.
            if next.state != .active { (next.state, next.activatedAt) = (.active, Date().timeIntervalSince1970) }
            let active = ActiveGeneration(generation: next, index: index)
            live.replace(by: active)
            return active
        }
    }

    /// Removes images; gives those that were there. Durable, and unknown to searches, when it returns.
    public func remove(_ ids: [Int64]) async throws -> [Int64] {
        try await change { [live] store in try live.remove(ids, from: store) }
    }
}

extension ImageIngest {
    /// The model as the store tells generations apart.
    public var generationModel: GenerationModel {
        let model = pipeline.model
        return GenerationModel(
            fingerprint: model.fingerprint, name: model.title, dimensions: model.embedDim, gridHeight: gridSide,
            gridWidth: gridSide, inputSize: size)
    }
}
