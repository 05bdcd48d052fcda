/// A set of the cells of a grid: of the patches of a model's input, or of the pixels of an image.
///
///     let mask = Mask(keepingMass: 0.6, of: attention, height: 14, width: 14)
public struct Mask: Sendable, Equatable {
    /// The rows and columns of the grid.
    public let height, width: Int
    /// Row by row, whether a cell belongs to the mask.
    public let kept: [Bool]

    /// A mask of the given cells.
    ///
    /// - Precondition: `kept` has `height` · `width` values.
    public init(height: Int, width: Int, kept: [Bool]) {
        precondition(kept.count == height * width, "\(kept.count) cells do not fill \(height)×\(width)")
        self.height = height
        self.width = width
        self.kept = kept
    }

    /// The cells that hold more than `mass` of an attention over the grid, by ``AttentionMask``'s rule.
    public init(keepingMass mass: Float, of attention: some Collection<Float>, height: Int, width: Int) {
        self.init(
            height: height, width: width, kept: AttentionMask.keepingMass(mass, of: attention).map { $0 > 0 })
    }

    /// Whether no cell belongs to the mask.
    public var isEmpty: Bool { !kept.contains(true) }

    /// The places of the mask's cells, row by row, ascending.
    public var cells: [Int] { kept.indices.filter { kept[$0] } }

    /// The smallest rectangle around the mask, nothing for an empty one.
    public var bounds: CellBox? {
        var (left, top, right, bottom) = (width, height, 0, 0)
        for index in kept.indices where kept[index] {
            let (row, column) = (index / width, index % width)
            (left, top) = (min(left, column), min(top, row))
            (right, bottom) = (max(right, column + 1), max(bottom, row + 1))
        }
        return left < right ? CellBox(x0: left, y0: top, x1: right, y1: bottom) : nil
    }
}

/// A rectangle of whole cells or pixels, from (x0, y0) up to (x1, y1): x to the right, y down.
public struct CellBox: Sendable, Equatable {
    /// The left side, the upper side, and where right and below begin.
    public var x0, y0, x1, y1: Int

    /// A rectangle from its sides.
    public init(x0: Int, y0: Int, x1: Int, y1: Int) { (self.x0, self.y0, self.x1, self.y1) = (x0, y0, x1, y1) }

    /// The cells in it.
    public var area: Int { max(0, x1 - x0) * max(0, y1 - y0) }
}
