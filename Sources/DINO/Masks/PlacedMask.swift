/// A mask whose cells are rectangles of an image: patches that are many pixels large each, or pixels themselves.
///
/// What is derived from it (runs, outlines, boxes) is that of the mask of pixels, without making one.
public struct PlacedMask: Sendable, Equatable {
    /// The mask, each of whose cells has a pixel.
    public let mask: Mask
    /// Where each column and each row of the mask begins in the image, and where the last ends: rising, in pixels.
    public let columns, rows: [Int]
    /// The image's size in pixels; outside of the cells nothing belongs to the mask.
    public let imageWidth, imageHeight: Int

    /// Where each cell was in the grid the mask was made of, nil where they are all there.
    private let places: [Int]?

    /// A mask in an image. Columns and rows that have no pixel, as where the image has fewer of them than there are
    /// patches, are left out.
    ///
    /// - Precondition: the edges rise, lie within the image, and are one more than the columns and the rows.
    public init(_ mask: Mask, columns: [Int], rows: [Int], imageWidth: Int, imageHeight: Int) {
        precondition(
            columns.count == mask.width + 1 && rows.count == mask.height + 1, "edges of \(mask.height)×\(mask.width)")
        let across = (0..<mask.width).filter { columns[$0] < columns[$0 + 1] }
        let down = (0..<mask.height).filter { rows[$0] < rows[$0 + 1] }
        let places = down.flatMap { row in across.map { row * mask.width + $0 } }
        self.mask = Mask(height: down.count, width: across.count, kept: places.map { mask.kept[$0] })
        self.places = places.count == mask.kept.count ? nil : places
        self.columns = across.map { columns[$0] } + [columns[mask.width]]
        self.rows = down.map { rows[$0] } + [rows[mask.height]]
        (self.imageWidth, self.imageHeight) = (imageWidth, imageHeight)
    }

    /// A mask of pixels, or of cells as if they were.
    public init(_ mask: Mask) {
        self.mask = mask
        (columns, rows) = (Array(0...mask.width), Array(0...mask.height))
        (imageWidth, imageHeight) = (mask.width, mask.height)
        places = nil
    }

    /// Those of the values of the grid the mask was made of that belong to cells of ``mask``.
    func present(_ values: [Float]) -> [Float] { places.map { $0.map { values[$0] } } ?? values }

    /// The mask of the image's pixels.
    public var pixels: Mask {
        var kept = [Bool]()
        kept.reserveCapacity(imageWidth * imageHeight)
        func fill(rows count: Int) { kept.append(contentsOf: repeatElement(false, count: count * imageWidth)) }
        fill(rows: rows[0])
        for row in 0..<mask.height {
            let line = line(row)
            for _ in rows[row]..<rows[row + 1] { kept.append(contentsOf: line) }
        }
        fill(rows: imageHeight - rows[mask.height])
        return Mask(height: imageHeight, width: imageWidth, kept: kept)
    }

    private func line(_ row: Int) -> [Bool] {
        var line = [Bool](repeating: false, count: imageWidth)
        for column in 0..<mask.width where mask.kept[row * mask.width + column] {
            for x in columns[column]..<columns[column + 1] { line[x] = true }
        }
        return line
    }

    /// The runs of one of the mask's columns from the top of the image to its bottom; some may be empty.
    func runs(ofColumn column: Int) -> [(isKept: Bool, length: Int)] {
        var runs = [(isKept: false, length: rows[0])]
        for row in 0..<mask.height {
            let isKept = mask.kept[row * mask.width + column], length = rows[row + 1] - rows[row]
            if runs[runs.count - 1].isKept == isKept {
                runs[runs.count - 1].length += length
            } else {
                runs.append((isKept, length))
            }
        }
        return runs + [(false, imageHeight - rows[mask.height])]
    }

    /// A rectangle of cells as one of pixels.
    public func pixels(of box: CellBox) -> CellBox {
        CellBox(x0: columns[box.x0], y0: rows[box.y0], x1: columns[box.x1], y1: rows[box.y1])
    }
}
