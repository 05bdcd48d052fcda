import FeatureSearch
import FeatureStorage

/// Queries as the index takes them.
struct ResolvedQueries: Sendable {
    /// What they are answered from.
    var active: ActiveGeneration
    /// A vector of length 1 for each, `(D)`.
    var vectors: [[Float]]
    /// The stored images that each is given by; they are no answer to it.
    var excluded: [Set<Int64>]
    /// Where the time of the embedding went, the longest over the images.
    var timing = EmbeddedImage.Timing()
}

extension ImageCollection {
    /// The directions that `queries` stand for among the features that are active once their images are embedded, all
    /// together; stored vectors are read at once. Embedding takes its time, and another generation may be active after it.
    ///
    /// - Parameter fingerprint: that of the model of the caller's vectors, where the caller named one.
    /// - Throws: ``FeatureAPIError``, with the query's index where it is one's fault.
    func resolve(_ queries: [NeighborQuery], fingerprint: String?) async throws -> ResolvedQueries {
        let needsModel = queries.contains { $0.imageCount > 0 }
        // Before too, so that no image is embedded for nothing.
        try check(self.active.generation, fingerprint: fingerprint, needsModel: needsModel)
        let embedded = try await embed(queries)
        let active = self.active
        try check(active.generation, fingerprint: fingerprint, needsModel: needsModel)
        let ids = Set(queries.flatMap(\.ids))
        let stored = try await ids.isEmpty ? [:] : vectors(of: ids.sorted(), in: active.generation)
        var resolved = ResolvedQueries(active: active, vectors: [], excluded: queries.map { Set($0.ids) })
        for (index, query) in queries.enumerated() {
            var parts = [(vector: [Float], weight: Double)]()
            for (place, part) in query.parts.enumerated() {
                let vector: [Float]
                switch part.source {
                case .id(let id): vector = stored[id] ?? []
                case .vector(let given): vector = given
                case .image:
                    guard let image = embedded[QueryPlace(query: index, part: place)] else { continue }
                    vector = image.features[.cls]?.scalars ?? []
                    resolved.timing = resolved.timing.longest(image.timing)
                }
                parts.append((vector, part.weight))
            }
            do throws(FeatureAPIError) {
                resolved.vectors.append(try Self.direction(parts, dimensions: active.generation.model.dimensions))
            } catch {
                throw error.at(index)
            }
        }
        return resolved
    }

    /// The vectors of stored images under a generation; one that is not there is an error that says why.
    func vectors(of ids: [Int64], in generation: Generation) async throws -> [Int64: [Float]] {
        try await read { store in
            let vectors = try store.vectors(of: ids, generation: generation.id)
            if let missing = ids.first(where: { vectors[$0] == nil }) {
                throw FeatureAPIError.noFeatures(
                    of: missing, exists: try store.image(missing) != nil, under: generation)
            }
            return vectors
        }
    }

    /// Throws where queries are of another model than the one whose features answer, or need one that is not loaded.
    private func check(
        _ generation: Generation, fingerprint: String?, needsModel: Bool
    ) throws(FeatureAPIError) {
        try generation.check(fingerprint: fingerprint)
        guard !needsModel || generation.id == ownGeneration.id else {
            throw FeatureAPIError.needsOtherModel(generation.model, loaded: ingest.pipeline.model)
        }
    }

    private struct QueryPlace: Hashable, Sendable {
        var query: Int, part: Int
    }

    private func embed(_ queries: [NeighborQuery]) async throws -> [QueryPlace: EmbeddedImage] {
        try await withThrowingTaskGroup { group in
            for (index, query) in queries.enumerated() {
                for (place, part) in query.parts.enumerated() {
                    guard case .image(let image) = part.source else { continue }
                    group.addTask { [ingest] in
                        do {
                            let file = try image.checkedFile()
                            return (QueryPlace(query: index, part: place), try await ingest.embedQuery(file))
                        } catch let error as FeatureAPIError where error.kind.isImageFault {
                            throw error.at(index)
                        }
                    }
                }
            }
            var embedded = [QueryPlace: EmbeddedImage]()
            for try await (place, image) in group { embedded[place] = image }
            return embedded
        }
    }

    /// The direction of the weighted sum of directions, of length 1; a single vector of length 1 stays as it is.
    private static func direction(
        _ parts: [(vector: [Float], weight: Double)], dimensions: Int
    ) throws(FeatureAPIError) -> [Float] {
        var sum = [Double](repeating: 0, count: dimensions)
        for (vector, weight) in parts {
            guard vector.count == dimensions else {
                throw FeatureAPIError(
                    .invalidVector,
                    "The vector has \(vector.count) numbers; those of this collection have \(dimensions).")
            }
            let length = vector.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
            guard length > 0 else {
                throw FeatureAPIError(.invalidVector, "The vector is zero, which has no direction.")
            }
            if parts.count == 1, weight > 0, abs(length - 1) < 1e-6 { return vector }
            for index in sum.indices { sum[index] += weight * Double(vector[index]) / length }
        }
        let length = sum.reduce(0) { $0 + $1 * $1 }.squareRoot()
        guard length > 1e-6 * parts.reduce(0, { $0 + abs($1.weight) }) else {
            throw FeatureAPIError(
                .invalidVector, "The queries cancel each other out: their weighted sum has no direction.")
        }
        return sum.map { Float($0 / length) }
    }
}

extension ImageIngest {
    /// The CLS feature of a file that is looked for, as stored ones are made.
    func embedQuery(_ file: [UInt8]) async throws -> EmbeddedImage {
        try await pipeline.embed(file, size: size, kinds: [.cls])
    }
}

extension FeatureAPIError {
    /// A search that needs the forward pass of a model that is not loaded.
    static func needsOtherModel(_ model: GenerationModel, loaded: ModelDescription) -> FeatureAPIError {
        FeatureAPIError(
            .otherModel,
            "Searches are answered with the features of \(model.name) (\(model.fingerprint.prefix(12))…), the loaded model is "
                + "\(loaded.title) (\(loaded.fingerprint.prefix(12))…). Search by id or by a vector of that model, or "
                + "re-embed the collection: POST /v1/jobs {\"kind\": \"reindex\"}, or `dino-server reindex`.")
    }

    /// An image that is not there, or has no features under the generation.
    static func noFeatures(of id: Int64, exists: Bool, under generation: Generation) -> FeatureAPIError {
        guard exists else { return unknownImage(id) }
        return FeatureAPIError(
            .notEmbedded,
            "Image \(id) has no features of \(generation.model.name), which searches are answered with. It was stored "
                + "while another model was loaded; re-embed the collection: POST /v1/jobs {\"kind\": \"reindex\"}.")
    }

    static func unknownImage(_ id: Int64) -> FeatureAPIError {
        FeatureAPIError(.unknownImage, "There is no image \(id).")
    }
}
