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
    /// For each image on the map the place of its label in `labels`.
    let places: [Int?]
}

extension CollectionMap {
    /// What is laid out, whatever the method.
    struct Subject: Sendable {
        let generation: Generation
        let contents: IndexContents
        /// The labels by their tokens.
        let texts: [Int32: String]
    }

    /// The map of a sample, or all, of the images.
    init(_ map: PrincipalMap, of subject: Subject, isSampled: Bool) {
        self.init(
            .pca, subject, layout: map.layout, isSampled: isSampled, missing: 0, explained: map.explained)
    }

    /// The map of a layout that was stored some time ago. Images that were deleted since are left out.
    init(_ stored: StoredLayout, of subject: Subject) {
        let isSampled = stored.images > stored.ids.count
        let current = subject.contents.ids
        // Of a sample, those that came later have larger ids than any that there were.
        let later = current.reversed().prefix { $0 > stored.lastImage }.count
        let layout = PlaneLayout(ids: stored.ids, points: zip(stored.x, stored.y).map { SIMD2($0, $1) })
            .restricted(to: current)
        self.init(
            .neighbors, subject, layout: layout, isSampled: isSampled,
            missing: isSampled ? later : current.count - layout.ids.count, explained: nil)
    }

    private init(
        _ method: MapMethod, _ subject: Subject, layout: PlaneLayout, isSampled: Bool, missing: Int,
        explained: SIMD2<Double>?
    ) {
        (self.method, self.isSampled, self.missing, self.explained) = (method, isSampled, missing, explained)
        (generation, images) = (subject.generation, subject.contents.ids.count)
        self.layout = layout.restricted(to: subject.contents.ids).fitted
        var tokens = [Int32: Int](), labels = [String](), places = [Int?]()
        var row = 0
        for id in self.layout.ids {
            while subject.contents.ids[row] < id { row += 1 }
            let token = subject.contents.labels[row]
            if tokens[token] == nil, let text = subject.texts[token] {
                tokens[token] = labels.count
                labels.append(text)
            }
            places.append(tokens[token])
        }
        (self.labels, self.places) = (labels, places)
    }
}
