import CImageCodecs

/// How a JPEG becomes a small picture while it is decoded: weights along the stored rows and columns, so that neither the
/// whole picture nor a turned copy of it is ever in memory.
struct JPEGReduction {
    /// The size that the header says.
    let width: Int, height: Int
    /// What the sides are divided by in decoding: 1, 2, 4 or 8.
    let denominator: Int
    /// The weights along a stored row, and along a stored column.
    let columns: ResampleWeights, rows: ResampleWeights
    /// Whether the stored rows are resampled before the columns.
    let rowsFirst: Bool

    /// What `resize` of the upright picture is for the stored one; the result has yet to be turned upright.
    init(of info: ImageInfo, by resize: Resize, denominator: Int = 1) {
        (width, height) = (info.width, info.height)
        self.denominator = denominator
        let orientation = info.orientation
        let upright = info.uprightSize
        let x = Self.weights(
            upright.width, to: resize.width, resize.columns, resize.filter, reversed: orientation.reversesX, denominator
        )
        let y = Self.weights(
            upright.height, to: resize.height, resize.rows, resize.filter, reversed: orientation.reversesY, denominator)
        (columns, rows) = orientation.exchangesSides ? (y, x) : (x, y)
        let startsWithUprightRows = resize.startsWithRows(fromWidth: upright.width, height: upright.height)
        rowsFirst = startsWithUprightRows != orientation.exchangesSides
    }

    /// The weights of a side. Decoded at a fraction of its length it is rounded up to whole pixels, of which the last then
    /// lies beyond the picture in part; in an upright side that counts from the other end, that is the first.
    private static func weights(
        _ length: Int, to newLength: Int, _ window: Range<Int>, _ filter: ResizeFilter, reversed: Bool,
        _ denominator: Int
    ) -> ResampleWeights {
        let decoded = (length + denominator - 1) / denominator
        let exact = Double(length) / Double(denominator)
        let start = reversed ? Double(decoded) - exact : 0
        let weights = ResampleWeights(
            from: decoded, part: start..<start + exact, to: newLength, window: window, filter: filter,
            alwaysTables: true)
        return reversed ? weights.reversed(from: decoded) : weights
    }

    /// Lends the reduction to C.
    func withC(_ body: (CICReduction) -> Void) {
        columns.withC { columns in
            rows.withC { rows in
                body(
                    CICReduction(
                        width: UInt32(width), height: UInt32(height), denominator: UInt32(denominator),
                        columns: columns, rows: rows, rowsFirst: rowsFirst ? 1 : 0))
            }
        }
    }
}

extension ImageInfo {
    /// Width and height of the upright picture.
    public var uprightSize: (width: Int, height: Int) {
        orientation.exchangesSides ? (height, width) : (width, height)
    }
}
