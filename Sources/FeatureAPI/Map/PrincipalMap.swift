import FeatureSearch
import FeatureStorage
import Synchronization

/// Images by the two directions in which their features vary most.
struct PrincipalMap: Sendable {
    /// Where the images are.
    let layout: PlaneLayout
    /// The directions' shares of the variance.
    let explained: SIMD2<Double>

    /// The map of those of `ids`, which ascend, whose features are there and can be searched. Blocking: two passes over the
    /// generation's features in the store, of which one at a time is in memory.
    init(of ids: [Int64], under generation: Generation, in store: FeatureStore) throws {
        var sums = PrincipalPlane.Sums(dimensions: generation.model.dimensions)
        try Self.forEach(of: ids, generation, store) { _, vector in sums.add(vector) }
        let plane = try sums.plane()
        var found = [Int64](), points = [SIMD2<Float>]()
        try Self.forEach(of: ids, generation, store) { id, vector in
            found.append(id)
            points.append(plane.point(of: vector))
        }
        layout = PlaneLayout(ids: found, points: points)
        explained = plane.explained
    }

    private static func forEach(
        of ids: [Int64], _ generation: Generation, _ store: FeatureStore, _ body: (Int64, Span<Float>) throws -> Void
    ) throws {
        let dimensions = generation.model.dimensions
        var next = 0
        try store.forEachVector(of: generation.id) { id, _, vector in
            while next < ids.count, ids[next] < id { next += 1 }
            guard next < ids.count, ids[next] == id,
                ImageFeatures.objection(to: vector, dimensions: dimensions) == nil
            else { return }
            try body(id, vector)
        }
    }
}

/// The latest ``PrincipalMap``, made when it is first asked for and remembered for as long as the features stay the same.
final class PrincipalMapMemory: Sendable {
    /// Whoever asks while it is made waits for it, and does not make it again.
    private let thread = WorkerPool(width: 1)
    private let latest = Mutex<(version: IndexVersion, map: PrincipalMap)?>(nil)

    /// The map of the images of `contents`, at most `limit` of them.
    func map(
        of contents: IndexContents, atMost limit: Int, under generation: Generation, in store: FeatureStore
    ) async throws -> PrincipalMap {
        try await thread.run { [self] in
            if let (version, map) = latest.withLock({ $0 }), version.hasVectors(of: contents.version) { return map }
            let map = try PrincipalMap(
                of: PlaneLayout.sample(contents.ids, atMost: limit), under: generation, in: store)
            latest.withLock { $0 = (contents.version, map) }
            return map
        }
    }
}
