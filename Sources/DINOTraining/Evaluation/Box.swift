/// A rectangle of an image, as shares of its sides: 0 to 1 from left to right and from top to bottom.
public struct Box: Sendable, Equatable {
    /// The left, upper, right and lower side.
    public var left, top, right, bottom: Double

    /// A rectangle from its sides.
    public init(left: Double, top: Double, right: Double, bottom: Double) {
        self.left = left
        self.top = top
        self.right = right
        self.bottom = bottom
    }

    /// The width.
    public var width: Double { right - left }
    /// The height.
    public var height: Double { bottom - top }
    /// The share of the image that the rectangle covers.
    public var area: Double { max(0, width) * max(0, height) }

    /// Intersection over union: the area both cover over the area one of them covers; 0 where both are empty.
    public func iou(_ other: Box) -> Double {
        let both = Box(
            left: max(left, other.left), top: max(top, other.top), right: min(right, other.right),
            bottom: min(bottom, other.bottom)
        ).area
        let either = area + other.area - both
        return either > 0 ? both / either : 0
    }
}
