import FeatureSearch
import FeatureStorage

/// The images that searches find, as points of the plane.
struct CollectionMap: Sendable {
    let method: MapMethod
    /// Whose features are laid out.
    let generation: Generation
    /// Images that have such features.
    let images: Int
    /// Whether only a sample of them was laid out.
    let isSampled: Bool
    /// Images that came after the layout was made.
    let missing: Int
    /// Of ``MapMethod/pca``, the directions' shares of the variance.
    let explained: SIMD2<Double>?
    /// Where the images are, the longer side being [-1, 1].
    let layout: PlaneLayout
    /// The labels of images on the map, each once.
    let labels: [String]
    /// What tells the map from others.
    let tag: EntityTag
    /// For each image on the map the place of its label in `labels`.
    let places: [Int?]
}

extension CollectionMap {
    /// Reads labels by their tokens.
    typealias Labels = (Set<Int32>) throws -> [Int32: String]

    /// The map by principal components of a moment. Images that were removed since are left out.
    init(
        _ map: PrincipalMap, of generation: Generation, _ contents: IndexContents, labels: Labels
    ) throws {
        try self.init(
            .pca, map.layout, tag: Self.tag(principal: map.version, contents.version), of: (map.images, map.lastImage),
            generation, contents, explained: map.explained,
            labels: labels)
    }

    /// The map of a layout that was stored some time ago. Images that were removed since are left out.
    init(_ stored: StoredLayout, of generation: Generation, _ contents: IndexContents, labels: Labels) throws {
        let layout = PlaneLayout(ids: stored.ids, points: zip(stored.x, stored.y).map { SIMD2($0, $1) })
        try self.init(
            .neighbors, layout, tag: Self.tag(layoutAt: stored.createdAt, contents.version),
            of: (stored.images, stored.lastImage), generation, contents, explained: nil,
            labels: labels)
    }

    /// - Parameter source: how many images there were when the layout was made, and the largest id among them.
    private init(
        _ method: MapMethod, _ made: PlaneLayout, tag: EntityTag, of source: (images: Int, last: Int64),
        _ generation: Generation,
        _ contents: IndexContents, explained: SIMD2<Double>?, labels read: Labels
    ) throws {
        (self.method, self.explained, self.generation, self.tag) = (method, explained, generation, tag)
        images = contents.ids.count
        isSampled = source.images > made.ids.count
        let present = made.restricted(to: contents.ids)
        // Of a sample, those that came later have larger ids than any that there were.
        let later = contents.ids.reversed().prefix { $0 > source.last }.count
        missing = isSampled ? later : contents.ids.count - present.ids.count
        layout = present.fitted
        let tokens = Self.tokens(of: layout.ids, in: contents)
        let texts = try read(Set(tokens).subtracting([0]))
        var known = [Int32: Int](), labels = [String](), places = [Int?]()
        for token in tokens {
            if known[token] == nil, let text = texts[token] {
                known[token] = labels.count
                labels.append(text)
            }
            places.append(known[token])
        }
        (self.labels, self.places) = (labels, places)
    }

    /// The tag of the map by principal components of an index in one state, shown with what it holds in another.
    static func tag(principal made: IndexVersion, _ shown: IndexVersion) -> EntityTag {
        EntityTag("pca-\(made)-\(shown)")
    }

    /// The tag of the layout that was stored at a time, shown with what the index holds.
    static func tag(layoutAt time: Double, _ shown: IndexVersion) -> EntityTag {
        EntityTag("neighbors-\(shown)-\(String(time.bitPattern, radix: 16))")
    }

    /// The tokens of the labels of some images of an index, which ascend.
    private static func tokens(of ids: [Int64], in contents: IndexContents) -> [Int32] {
        var row = 0
        return ids.map { id in
            while contents.ids[row] < id { row += 1 }
            return contents.labels[row]
        }
    }
}
