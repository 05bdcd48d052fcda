import FeatureAPI
import FeatureStorage
import Tensors

/// The opening and closing of the collection that a server serves.
enum ServedCollection {
    /// The collection that the settings name, its active generation in memory; nothing where they name none.
    static func open(
        _ configuration: CollectionConfiguration, pipeline: EmbeddingPipeline, on compute: Compute
    ) async throws -> ImageCollection? {
        guard configuration.path != nil else { return nil }
        return try await WorkerPool(width: 1).run {
            let store = try CollectionFile.open(configuration, for: .storing)
            var options = ImageCollection.Options()
            options.keepsPatches = configuration.keepsPatches
            var loading = LoadingLine()
            let collection = try ImageCollection(store: store, pipeline: pipeline, compute: compute, options: options) {
                loading.show(vectors: $0, of: $1)
            }
            loading.finish(dimensions: collection.active.generation.model.dimensions)
            if let warning = collection.active.warning { Terminal.error(warning) }
            return collection
        }
    }

    /// Moves what is in the journal into the file, and lets others have it; what still runs is waited for.
    static func close(_ collection: ImageCollection) async throws {
        try await collection.change { store in try store.close() }
    }
}

/// How far the reading of the features into memory is, and how fast it was.
private struct LoadingLine {
    private let start = ContinuousClock.now
    private var vectors = 0

    mutating func show(vectors: Int, of total: Int) {
        self.vectors = vectors
        if Terminal.isInteractive, total > 0 { Terminal.write("\rloading \(vectors)/\(total) features\u{1B}[K") }
    }

    /// Says what was read; a handful is not worth a line.
    func finish(dimensions: Int) {
        if Terminal.isInteractive { Terminal.write("\r\u{1B}[K") }
        guard vectors >= 10_000 else { return }
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        let megabytes = Double(vectors * dimensions * MemoryLayout<Float>.size) / 1e6
        Terminal.error(
            "loaded \(vectors) features, \(Int(megabytes)) MB at \(Int(megabytes / max(seconds, 1e-6))) MB/s")
    }
}
