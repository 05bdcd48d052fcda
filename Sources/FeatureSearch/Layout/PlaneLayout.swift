/// Images as points of the plane.
public struct PlaneLayout: Sendable, Equatable {
    /// The images, by ascending ids.
    public let ids: [Int64]
    /// Where each of them is.
    public let points: [SIMD2<Float>]

    /// The layout of images that ascend, each with its point.
    ///
    /// - Precondition: there are as many points as ids.
    public init(ids: [Int64], points: [SIMD2<Float>]) {
        precondition(ids.count == points.count, "\(points.count) points of \(ids.count) images")
        (self.ids, self.points) = (ids, points)
    }

    /// The part of the layout whose ids are among `others`, which ascend.
    public func restricted(to others: [Int64]) -> PlaneLayout {
        var kept = [Int]()
        var next = 0
        for (place, id) in ids.enumerated() {
            while next < others.count, others[next] < id { next += 1 }
            if next < others.count, others[next] == id { kept.append(place) }
        }
        return PlaneLayout(ids: kept.map { ids[$0] }, points: kept.map { points[$0] })
    }

    /// The points of ids, which ascend and of which the layout's are some; (0, 0) of one that it lacks.
    public func points(of others: [Int64]) -> [SIMD2<Float>] {
        var next = 0
        return others.map { id in
            while next < ids.count, ids[next] < id { next += 1 }
            return next < ids.count && ids[next] == id ? points[next] : .zero
        }
    }

    /// The layout moved and scaled, by one factor for both directions, so that the longer side of its box is [-1, 1] and the
    /// middle of the other is 0. Where all points are one, that is (0, 0).
    public var fitted: PlaneLayout {
        guard var low = points.first else { return self }
        var high = low
        for point in points { (low, high) = (pointwiseMin(low, point), pointwiseMax(high, point)) }
        let size = high - low, middle = low + size / 2, half = size.max() / 2
        let points = points.map { half > 0 ? ($0 - middle) / half : .zero }
        return PlaneLayout(ids: ids, points: points)
    }

    /// An even sample of some ids: the first and every n-th after it, with the smallest n that leaves at most `limit`.
    ///
    /// - Precondition: `limit` is positive.
    public static func sample(_ ids: [Int64], atMost limit: Int) -> [Int64] {
        precondition(limit > 0, "a sample of \(limit)")
        guard ids.count > limit else { return ids }
        return stride(from: 0, to: ids.count, by: (ids.count + limit - 1) / limit).map { ids[$0] }
    }
}
