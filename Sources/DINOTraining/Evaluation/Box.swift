package import DINO

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

    /// The smallest rectangle around a mask over a grid, empty for an empty mask.
    package init(around mask: Mask) {
        let bounds = mask.bounds ?? CellBox(x0: 0, y0: 0, x1: 0, y1: 0)
        let width = Double(max(mask.width, 1)), height = Double(max(mask.height, 1))
        self.init(
            left: Double(bounds.x0) / width, top: Double(bounds.y0) / height, right: Double(bounds.x1) / width,
            bottom: Double(bounds.y1) / height)
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
