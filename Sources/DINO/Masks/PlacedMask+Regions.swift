/// A group of a mask's pixels that touch along a side.
public struct MaskRegion: Sendable, Equatable {
    /// The smallest rectangle around it.
    public let box: CellBox
    /// Its pixels.
    public let area: Int
    /// The share of the attention that lies in it, 0 to 1.
    public let score: Double
    /// The exact outline: closed rings of corners (the first stands at the end again), the outer one first, then those of
    /// the holes. With y down the outer ring runs clockwise, the others the other way.
    public let rings: [[PixelCorner]]
}

/// A corner between pixels: (0, 0) is the upper left one of the image.
public struct PixelCorner: Sendable, Hashable {
    /// Pixels to the right and down.
    public let x, y: Int

    /// A corner.
    public init(x: Int, y: Int) { (self.x, self.y) = (x, y) }
}

extension PlacedMask {
    /// The groups of pixels that touch along a side, by falling score; of equal ones the first, row by row, goes first.
    ///
    /// - Parameter weights: the attention of each cell of the grid that the mask was made of, none negative.
    public func regions(weights: [Float]) -> [MaskRegion] {
        let components = mask.components
        let shares = components.shares(of: present(weights))
        var areas = [Int](repeating: 0, count: components.count)
        for (cell, label) in components.labels.enumerated() where label >= 0 {
            let (row, column) = (cell / mask.width, cell % mask.width)
            areas[Int(label)] += (rows[row + 1] - rows[row]) * (columns[column + 1] - columns[column])
        }
        let rings = mask.rings(components)
        return components.areas.indices.sorted { (shares[$1], $0) < (shares[$0], $1) }.map { label in
            MaskRegion(
                box: pixels(of: components.boxes[label]), area: areas[label], score: shares[label],
                rings: rings[label].map { ring in ring.map { PixelCorner(x: columns[$0.x], y: rows[$0.y]) } })
        }
    }
}
