import FeatureStorage
import HTTPServer
import HTTPTypes

/// `POST /v1/search`: the nearest images by the cosine of CLS features, exactly.
struct SearchHandler: Sendable {
    let limits: RequestLimits

    func respond(_ collection: ImageCollection, _ request: ServerRequest) async throws -> ServerResponse {
        let room = Reservation(collection.ingest.pipeline.admission)
        let options = try OptionReader<SearchOptions>(query: request.query)
        let asked = try await NeighborRequest(request, options: options, limits: limits, in: collection, room: room)
        let start = ContinuousClock.now
        try asked.take(room, k: asked.options.k, in: collection)
        if let region = asked.options.region {
            return try await respond(to: asked, region, in: collection, since: start, room: room)
        }
        let queries = try await collection.resolve(asked.queries, fingerprint: asked.options.fingerprint)
        let neighbors = try await collection.nearest(
            queries, k: asked.options.k, minimumScore: asked.options.minimumScore, filter: asked.options.filter,
            withMetadata: asked.options.include.contains(.metadata), room: room)
        let answer = NeighborAnswer(
            generation: queries.active.generation, neighbors: neighbors, embedding: queries.timing,
            isBatch: asked.isBatch,
            k: asked.options.k, seconds: (ContinuousClock.now - start).seconds)
        let bytes = try await collection.ingest.pipeline.workers.run(.finishing) {
            answer.json { query, writer in
                writer.key("hits")
                writer.array { writer in
                    for neighbor in neighbors.lists[query] {
                        writer.object { neighbor.members(asked.options.include, to: &$0) }
                    }
                }
            }
        }
        return .answer(bytes, room: room)
    }
}

/// `POST /v1/classify`: the weighted vote of the nearest labelled images.
struct ClassifyHandler: Sendable {
    let limits: RequestLimits

    func respond(_ collection: ImageCollection, _ request: ServerRequest) async throws -> ServerResponse {
        let room = Reservation(collection.ingest.pipeline.admission)
        let options = try OptionReader<ClassifyOptions>(query: request.query)
        let asked = try await NeighborRequest(request, options: options, limits: limits, in: collection, room: room)
        let start = ContinuousClock.now
        try asked.take(room, k: asked.options.k, in: collection)
        let queries = try await collection.resolve(asked.queries, fingerprint: asked.options.fingerprint)
        let neighbors = try await collection.nearest(
            queries, k: asked.options.k, filter: try Self.voters(asked.options.filter), room: room)
        let answer = NeighborAnswer(
            generation: queries.active.generation, neighbors: neighbors, embedding: queries.timing,
            isBatch: asked.isBatch,
            k: asked.options.k, seconds: (ContinuousClock.now - start).seconds)
        let temperature = asked.options.temperature
        let bytes = try await collection.ingest.pipeline.workers.run(.finishing) {
            answer.json { query, writer in Self.write(neighbors.lists[query], temperature: temperature, to: &writer) }
        }
        return .answer(bytes, room: room)
    }

    /// The images that may vote: those of the filter that have a label.
    private static func voters(_ filter: ImageFilter) throws(FeatureAPIError) -> ImageFilter {
        var filter = filter
        if filter.labels == .any { filter.labels = .labelled }
        guard filter.labels != .unlabelled else { throw ImageFilter.fault("images without a label have no vote") }
        return filter
    }

    /// Writes the classes, and the neighbours that voted. One that lost its label meanwhile has no vote.
    private static func write(_ neighbors: [Neighbors.Neighbor], temperature: Double, to writer: inout JSONWriter) {
        let voters = neighbors.filter { $0.image.label != nil }
        let vote = WeightedVote(
            voters.compactMap { voter in voter.image.label.map { (voter.score, $0) } }, temperature: temperature)
        writer.member("label", optional: vote.classes.first?.label)
        writer.key("classes")
        writer.array { writer in
            for share in vote.classes {
                writer.object { writer in
                    writer.member("label", share.label)
                    writer.key("share")
                    writer.number(Float(share.share))
                    writer.member("neighbors", share.neighbors)
                }
            }
        }
        writer.key("neighbors")
        writer.array { writer in
            for voter in voters { writer.object { voter.members([], to: &$0) } }
        }
    }
}

extension NeighborRequest {
    /// What `request` asks; its bytes take `room` as they come.
    init(
        _ request: ServerRequest, options: OptionReader<Options>, limits: RequestLimits, in collection: ImageCollection,
        room: Reservation
    ) async throws {
        let reader = SubmissionReader(
            limits: limits, workers: collection.ingest.pipeline.workers,
            maximumFieldBytes: CollectionRoutes.jsonBytes)
        self = try await reader.read(request, room: room) { submission in
            try Self(submission, options: options, limits: limits)
        }
    }

    /// Takes room for the images' inputs and for the hits, but for their texts: how long those are is known once they are
    /// read.
    func take(_ room: Reservation, k: Int, in collection: ImageCollection) throws(FeatureAPIError) {
        guard queries.count * k <= NeighborLimits.hits else {
            throw FeatureAPIError(
                .requestTooLarge,
                "\(queries.count) queries of \(k) neighbours each are beyond the \(NeighborLimits.hits) of one answer.")
        }
        let images = queries.reduce(0) { $0 + $1.imageCount }
        try collection.ingest.take(room, images: images)
        try room.extend(bytes: queries.count * (k * 512 + collection.ingest.pipeline.model.embedDim * 8))
    }
}

extension Generation {
    /// Throws where a caller's vectors are of another model than this one's.
    func check(fingerprint: String?) throws(FeatureAPIError) {
        guard let fingerprint, fingerprint != model.fingerprint else { return }
        throw FeatureAPIError(
            .otherModel,
            "Searches are answered with the features of \(model.name), whose fingerprint is \(model.fingerprint).")
    }
}

extension ServerResponse {
    /// An answer of JSON that holds `room` for its bytes until they are sent.
    static func answer(_ bytes: [UInt8], room: Reservation) -> ServerResponse {
        ServerResponse(contentType: "application/json", bytes: bytes).retaining(room)
    }
}
