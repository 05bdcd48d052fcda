import FeatureSearch
import FeatureStorage

extension ImageCollection {
    /// The layout that was stored for a generation, if there is one.
    func storedMap(of generation: Generation) async throws -> StoredLayout? {
        try await read { store in try store.layout(of: generation.id) }
    }

    /// What a map of the active generation is of, at this moment.
    func subject(of active: ActiveGeneration) async throws -> CollectionMap.Subject {
        try await read { store in
            let contents = active.index.contents
            let texts = try store.labels().map { ($0.token, $0.label) }
            return CollectionMap.Subject(
                generation: active.generation, contents: contents,
                texts: Dictionary(texts, uniquingKeysWith: { first, _ in first }))
        }
    }

    /// The map by principal components, as it is remembered or made now.
    func principalMap(of subject: CollectionMap.Subject) async throws -> CollectionMap {
        let map = try await principalMaps.map(
            of: subject.contents, atMost: largestMap, under: subject.generation, in: store)
        return CollectionMap(map, of: subject, isSampled: subject.contents.ids.count > largestMap)
    }
}
