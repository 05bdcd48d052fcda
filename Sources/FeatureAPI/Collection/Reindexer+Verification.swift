import FeatureStorage

extension Reindexer {
    /// Makes sure of a generation: as many vectors as images, each of them of finite numbers and of length 1, and a sample
    /// of images with the same features when embedded again.
    ///
    /// - Throws: ``ReindexError``, `CancellationError`, and what the store and the pipeline throw.
    func verify(_ id: Int64) async throws -> Generation {
        let looked = try await workers.run { [store, options] in try Self.look(at: id, in: store, options: options) }
        for image in looked.sample { try await embedAgain(image, of: id) }
        return looked.generation
    }

    private static func look(
        at id: Int64, in store: FeatureStore, options: Options
    ) throws -> (generation: Generation, sample: [Int64]) {
        // Only how the sample is spread depends on these, not what is counted: that comes from one state of the collection,
        // however much is uploaded or deleted meanwhile.
        let step = max(try store.count() / max(options.sample, 1), 1)
        let dimensions = try store.generations().first { $0.id == id }?.model.dimensions ?? 0
        var seen = 0
        var sample = [Int64]()
        let (generation, images) = try store.forEachVector(of: id) { image, _, vector in
            guard ImageFeatures.objection(to: vector, dimensions: dimensions) == nil else {
                throw ReindexError.vector(id: image)
            }
            if seen % step == 0, sample.count < options.sample { sample.append(image) }
            seen += 1
        }
        guard seen == images, generation.count == images else {
            throw ReindexError.count(features: min(seen, generation.count), images: images)
        }
        return (generation, sample)
    }

    /// Embeds a stored file once more. Batches of another size may round otherwise, which moves a cosine by some 1e-6.
    private func embedAgain(_ image: Int64, of generation: Int64) async throws {
        let stored = try await workers.run { [store] in
            (file: try store.original(image), vector: try store.vectors(of: [image], generation: generation)[image])
        }
        // One that was deleted meanwhile has neither.
        guard let file = stored.file, let vector = stored.vector else { return }
        let again = try await ingest.features(of: file).cls
        let cosine = zip(vector, again).reduce(Float(0)) { $0 + $1.0 * $1.1 }
        guard cosine > 0.9999 else { throw ReindexError.sample(id: image, cosine: cosine) }
    }
}
