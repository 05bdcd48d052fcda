import FeatureSearch
import FeatureStorage

extension ImageCollection {
    /// When the layout that is stored for a generation was made, and of how many images, if there is one.
    func storedMap(of generation: Generation) async throws -> LayoutSummary? {
        try await read { store in try store.layoutSummary(of: generation.id) }
    }

    /// The map of the active generation by a method; nil where the layout that was stored is gone since.
    func map(_ method: MapMethod, of active: ActiveGeneration, room: Reservation) async throws -> CollectionMap? {
        let principal =
            method == .pca ? try await principalMaps.map(of: active, atMost: largestMap, in: store) : nil
        return try await read { store in
            let contents = active.index.contents
            let labels: CollectionMap.Labels = { tokens in
                try store.labels(of: tokens) { bytes in try room.extend(bytes: 2 * bytes + 64) }
            }
            if let principal {
                return try CollectionMap(principal, of: active.generation, contents, labels: labels)
            }
            return try store.layout(of: active.generation.id).map {
                try CollectionMap($0, of: active.generation, contents, labels: labels)
            }
        }
    }
}
