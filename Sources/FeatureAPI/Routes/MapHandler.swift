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
        let now = Self.tag(stored, active.index.version)
        if Preconditions(request.headerFields).areSatisfied(by: now) {
            return ServerResponse(status: .notModified).tagged(now, for: request)
        }
        let room = Reservation(collection.ingest.pipeline.admission)
        // What the index holds, what is laid out of it, and the answer.
        let count = active.index.count
        try room.extend(bytes: count * 16 + min(count, collection.largestMap) * (48 + CollectionMap.bytesPerImage))
        let subject = try await collection.subject(of: active)
        let map =
            if let stored {
                CollectionMap(stored, of: subject)
            } else {
                try await collection.principalMap(of: subject)
            }
        let bytes = try await collection.ingest.pipeline.workers.run(.finishing) {
            var writer = JSONWriter()
            map.write(to: &writer)
            return writer.bytes
        }
        return ServerResponse(contentType: "application/json", bytes: bytes).retaining(room)
            .tagged(Self.tag(stored, subject.contents.version), for: request)
    }

    private static func method(_ text: String?) throws(FeatureAPIError) -> MapMethod? {
        guard let text else { return nil }
        guard let method = MapMethod(rawValue: text) else {
            throw FeatureAPIError(.invalidOption, "The option \"method\" takes pca or neighbors.")
        }
        return method
    }

    /// The tag of a map of an index in one state.
    private static func tag(_ stored: StoredLayout?, _ version: IndexVersion) -> EntityTag {
        guard let stored else { return EntityTag("pca-\(version)") }
        return EntityTag("neighbors-\(version)-\(String(stored.createdAt.bitPattern, radix: 16))")
    }

    private static let noMap = FeatureAPIError(
        .noMap,
        "No map by neighbors is stored for the features that searches are answered from: POST /v1/jobs with "
            + "{\"kind\": \"map\"} makes one. method=pca needs none.")
}
