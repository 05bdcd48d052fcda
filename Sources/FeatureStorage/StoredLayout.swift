/// The images of a generation as points of the plane, as they were laid out once.
public struct StoredLayout: Sendable, Equatable {
    /// How they were laid out.
    public var method: String
    /// Seconds since 1970: when.
    public var createdAt: Double
    /// How many images had features then, and the largest id among them.
    public var images: Int, lastImage: Int64
    /// Those that were laid out, ascending: all of them, or a sample.
    public var ids: [Int64]
    /// Where each is.
    public var x: [Float], y: [Float]

    /// A layout with these values.
    public init(
        method: String, createdAt: Double, images: Int, lastImage: Int64, ids: [Int64],
        x: [Float], y: [Float]
    ) {
        (self.method, self.createdAt, self.images, self.lastImage) = (method, createdAt, images, lastImage)
        (self.ids, self.x, self.y) = (ids, x, y)
    }

    /// Why this is no layout, as the object of "it has", or nil.
    var objection: String? {
        guard ids.count == x.count, ids.count == y.count else {
            return "\(x.count) and \(y.count) coordinates of \(ids.count) images"
        }
        guard zip(ids, ids.dropFirst()).allSatisfy({ $0 < $1 }), ids.first ?? 1 > 0, ids.last ?? 0 <= lastImage,
            ids.count <= images
        else { return "images that do not ascend, or more than there were" }
        return x.allSatisfy(\.isFinite) && y.allSatisfy(\.isFinite) ? nil : "a coordinate that is not finite"
    }
}

/// What is known of a stored layout without reading it.
public struct LayoutSummary: Sendable, Equatable {
    /// Seconds since 1970: when it was made.
    public let createdAt: Double
    /// Images that were laid out.
    public let count: Int
}
