import FeatureSearch
import FeatureStorage
import HTTPServer

/// `GET /v1/map`: the collection as a map.
struct MapHandler: Sendable {
    func respond(_ collection: ImageCollection, _ request: ServerRequest) async throws -> ServerResponse {
        let options = try request.options(["method"])
        let asked = try Self.method(options["method"])
        let active = collection.active
        let stored = asked == .pca ? nil : try await collection.storedMap(of: active.generation)
        guard stored != nil || asked != .neighbors else { throw Self.noMap }
        let method = stored == nil ? MapMethod.pca : .neighbors
        let now = Self.tag(stored, collection.principalMaps, active.index.version)
        if let now, Preconditions(request.headerFields).areSatisfied(by: now) {
            return ServerResponse(status: .notModified).tagged(now, for: request)
        }
        let room = Reservation(collection.ingest.pipeline.admission)
        // What the index holds, what is laid out of it, and the answer.
        let laidOut = max(stored?.count ?? 0, min(active.index.count, collection.largestMap))
        try room.extend(bytes: active.index.count * 16 + laidOut * (64 + CollectionMap.bytesPerImage))
        guard let map = try await collection.map(method, of: active, room: room) else { throw Self.noMap }
        let bytes = try await collection.ingest.pipeline.workers.run(.finishing) {
            var writer = JSONWriter()
            map.write(to: &writer)
            return writer.bytes
        }
        return ServerResponse(contentType: "application/json", bytes: bytes).retaining(room)
            .tagged(map.tag, for: request)
    }

    private static func method(_ text: String?) throws(FeatureAPIError) -> MapMethod? {
        guard let text else { return nil }
        guard let method = MapMethod(rawValue: text) else {
            throw FeatureAPIError(.invalidOption, "The option \"method\" takes pca or neighbors.")
        }
        return method
    }

    /// The tag of the map that would be the answer, where that is known without making it.
    private static func tag(
        _ stored: LayoutSummary?, _ principal: PrincipalMapMemory, _ version: IndexVersion
    ) -> EntityTag? {
        if let stored { return CollectionMap.tag(layoutAt: stored.createdAt, version) }
        return principal.standing(for: version).map { CollectionMap.tag(principal: $0.version, version) }
    }

    private static let noMap = FeatureAPIError(
        .noMap,
        "No map by neighbors is stored for the features that searches are answered from: POST /v1/jobs with "
            + "{\"kind\": \"map\"} makes one. method=pca needs none.")
}
