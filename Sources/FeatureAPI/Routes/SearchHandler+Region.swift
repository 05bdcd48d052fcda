import FeatureStorage
import HTTPServer

extension SearchHandler {
    /// The answer to a search by region: one image or stored image, and what of it hits are to resemble.
    func respond(
        to asked: NeighborRequest<SearchOptions>, _ region: RegionQuery, in collection: ImageCollection,
        since start: ContinuousClock.Instant, room: Reservation
    ) async throws -> ServerResponse {
        let options = asked.options, ingest = collection.ingest
        try room.extend(bytes: RegionSearch.chunk * ingest.gridSide * ingest.gridSide * ingest.pipeline.model.embedDim)
        let search = RegionSearch(store: collection.store, ingest: ingest, compute: collection.compute)
        try collection.active.generation.check(fingerprint: options.fingerprint)
        let subject = try await Self.subject(of: asked, search, in: collection)
        // After the subject's embedding, which takes its time; the search makes sure that the model is still the subject's.
        let active = collection.active
        try active.generation.check(fingerprint: options.fingerprint)
        let (found, neighbors) = try await collection.read { store in
            let began = ContinuousClock.now
            let (rows, notes) = try options.filter.rows(in: store)
            let found = try search.search(
                region, of: subject, k: options.k, minimumScore: options.minimumScore, filter: rows, in: active,
                source: active.vectors(in: store))
            let read = try options.include.contains(.metadata) ? store.images(found.hits.map(\.image.id)) : [:]
            let neighbors = Neighbors(
                lists: [found.hits.map { .init(image: read[$0.image.id] ?? $0.image, score: $0.score) }],
                candidates: found.candidates, reranked: found.reranked, searched: active.index.count,
                notes: notes + found.notes,
                seconds: (ContinuousClock.now - began).seconds)
            return (found, neighbors)
        }
        try room.extend(bytes: neighbors.textBytes)
        let answer = NeighborAnswer(
            generation: active.generation, neighbors: neighbors, embedding: subject.timing, isBatch: false,
            k: options.k,
            seconds: (ContinuousClock.now - start).seconds, shortlist: found.shortlist)
        let bytes = try await ingest.pipeline.workers.run(.finishing) {
            answer.json { _, writer in
                writer.key("hits")
                writer.array { writer in
                    for (hit, neighbor) in zip(found.hits, neighbors.lists[0]) {
                        writer.object { writer in
                            neighbor.members(options.include, to: &writer)
                            writer.key("region")
                            hit.region(to: &writer)
                        }
                    }
                }
            }
        }
        return .answer(bytes, room: room)
    }

    /// The one image that the region is a part of.
    private static func subject(
        of asked: NeighborRequest<SearchOptions>, _ search: RegionSearch, in collection: ImageCollection
    ) async throws -> RegionSearch.Subject {
        let parts = asked.queries.flatMap(\.parts)
        guard !asked.isBatch, parts.count == 1 else {
            throw FeatureAPIError(.invalidOption, "The member \"region\" goes with one image or one id.")
        }
        switch parts[0].source {
        case .image(let image): return try await search.subject(file: image.checkedFile(), in: collection.active)
        case .id(let id): return try await collection.read { _ in try search.subject(id: id, in: collection.active) }
        case .vector:
            throw FeatureAPIError(
                .invalidOption, "The member \"region\" goes with an image or an id; a vector has no parts.")
        }
    }
}

extension RegionSearch.Answer {
    /// What explains the answer, in sentences.
    fileprivate var notes: [String] {
        guard withoutPatches > 0 else { return [] }
        return ["\(withoutPatches) of the images nearest as a whole have no patch features and were not compared."]
    }
}

extension RegionSearch.Hit {
    /// Writes where the image has what was looked for.
    fileprivate func region(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.key("box")
            writer.array { writer in for edge in [box.x0, box.y0, box.x1, box.y1] { writer.integer(edge) } }
            writer.key("score")
            writer.number(boxScore)
        }
    }
}
