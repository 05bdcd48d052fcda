import FeatureSearch
import FeatureStorage

/// Images by the two directions in which their features vary most.
struct PrincipalMap: Sendable {
    /// Where the images are.
    let layout: PlaneLayout
    /// The directions' shares of the variance.
    let explained: SIMD2<Double>
    /// How many images there were, and the largest id among them.
    let images: Int, lastImage: Int64
    /// The state of the index that this was made from.
    let version: IndexVersion

    /// The map of `contents`, or of an even sample of at most `limit` of them. Blocking: each feature is read from the store
    /// twice, ``batch`` of them at a time, so that nobody waits for a snapshot that is held long.
    init(
        of contents: IndexContents, atMost limit: Int, under generation: Generation, in store: FeatureStore
    ) throws {
        let ids = PlaneLayout.sample(contents.ids, atMost: limit)
        (images, lastImage, version) = (contents.ids.count, contents.ids.last ?? 0, contents.version)
        (layout, explained) = try Self.plane(of: ids, under: generation, in: store)
    }

    /// Where those of `ids`, which ascend, lie whose features are there and can be searched. Blocking, as above.
    static func plane(
        of ids: [Int64], under generation: Generation, in store: FeatureStore
    ) throws -> (layout: PlaneLayout, explained: SIMD2<Double>) {
        var sums = PrincipalPlane.Sums(dimensions: generation.model.dimensions)
        try forEach(of: ids, generation, store) { _, vector in sums.add(vector) }
        let plane = try sums.plane()
        var found = [Int64](), points = [SIMD2<Float>]()
        try forEach(of: ids, generation, store) { id, vector in
            found.append(id)
            points.append(plane.point(of: vector))
        }
        return (PlaneLayout(ids: found, points: points), plane.explained)
    }

    /// Features that are read at once.
    private static let batch = 1024

    private static func forEach(
        of ids: [Int64], _ generation: Generation, _ store: FeatureStore, _ body: (Int64, Span<Float>) throws -> Void
    ) throws {
        let dimensions = generation.model.dimensions
        for start in stride(from: 0, to: ids.count, by: batch) {
            let some = Array(ids[start..<min(start + batch, ids.count)])
            let vectors = try store.vectors(of: some, generation: generation.id)
            for id in some {
                guard let vector = vectors[id],
                    ImageFeatures.objection(to: vector.span, dimensions: dimensions) == nil
                else { continue }
                try body(id, vector.span)
            }
        }
    }
}
