/// Values of a grid, looked at from the pixels of an image.
///
/// Smooth, the value of a patch is that of its middle and straight lines run between them (bilinear); from the middle of
/// the outermost patches to the edge it stays the same. Otherwise each pixel has the value of the patch its middle lies in.
/// Beyond what the grid shows the value is 0.
public struct ImageField: Sendable {
    private let values: [Float]
    private let width: Int
    private let columns, rows: [Sample?]

    /// The two neighbours of a pixel in one direction, and how much of the second is in it.
    private struct Sample: Sendable {
        let first, second: Int
        let share: Float

        /// The neighbours of a place given in cells from the first one's beginning, nil outside of the grid.
        init?(_ position: Double, count: Int, isSmooth: Bool) {
            guard position >= 0, position < Double(count) else { return nil }
            let place = isSmooth ? min(max(position - 0.5, 0), Double(count - 1)) : position.rounded(.down)
            first = Int(place)
            second = min(first + 1, count - 1)
            share = Float(place - Double(first))
        }
    }

    /// A field over `values` (height, width).
    ///
    /// - Parameters:
    ///   - columns: for each of the image's columns where its middle lies in the grid, in cells from the left edge.
    ///   - rows: the same of its rows, from the upper edge.
    /// - Precondition: there are `height` · `width` values, at least one.
    public init(
        _ values: [Float], height: Int, width: Int, columns: [Double], rows: [Double],
        isSmooth: Bool = true
    ) {
        precondition(height > 0 && width > 0 && values.count == height * width, "values of \(height)×\(width)")
        self.values = values
        self.width = width
        self.columns = columns.map { Sample($0, count: width, isSmooth: isSmooth) }
        self.rows = rows.map { Sample($0, count: height, isSmooth: isSmooth) }
    }

    /// Pixels across.
    public var imageWidth: Int { columns.count }
    /// Pixels down.
    public var imageHeight: Int { rows.count }

    /// The values of one row of the image's pixels, written to `line`, which has as many.
    public func write(row: Int, to line: inout [Float]) {
        guard let vertical = rows[row] else {
            for x in line.indices { line[x] = 0 }
            return
        }
        // First the row of the grid, then between its columns: a grid has fewer of them than the image.
        let (upper, lower) = (vertical.first * width, vertical.second * width)
        let blended = (0..<width).map { column in
            values[upper + column] + vertical.share * (values[lower + column] - values[upper + column])
        }
        for (x, sample) in columns.enumerated() {
            guard let sample else {
                line[x] = 0
                continue
            }
            line[x] = blended[sample.first] + sample.share * (blended[sample.second] - blended[sample.first])
        }
    }

    /// All values, `(imageHeight, imageWidth)`.
    public var pixels: [Float] {
        var pixels = [Float](), line = [Float](repeating: 0, count: imageWidth)
        pixels.reserveCapacity(imageWidth * imageHeight)
        for row in 0..<imageHeight {
            write(row: row, to: &line)
            pixels.append(contentsOf: line)
        }
        return pixels
    }

    /// The largest value of the grid.
    public var largest: Float { values.max() ?? 0 }

    /// The value that pictures show in the lightest colour: the 98 % quantile of the grid, so that a few patches that stand out
    /// do not leave all others dark; the largest where that is 0.
    package var lightest: Float {
        let quantile = values.quantile(0.98)
        return quantile > 0 ? quantile : largest
    }

    /// The pixels of at least `threshold`, but none of 0.
    public func mask(from threshold: Float) -> Mask { mask { $0 >= threshold } }

    private func mask(where isKept: (Float) -> Bool) -> Mask {
        var kept = [Bool](), line = [Float](repeating: 0, count: imageWidth)
        kept.reserveCapacity(imageWidth * imageHeight)
        for row in 0..<imageHeight {
            write(row: row, to: &line)
            for value in line { kept.append(value > 0 && isKept(value)) }
        }
        return Mask(height: imageHeight, width: imageWidth, kept: kept)
    }

    /// The pixels that hold more than `mass` of the field: those from the largest threshold on, out of 65,536 even steps
    /// between 0 and the largest value, with which they do. Two passes over the pixels, no memory but the mask.
    public func mask(keepingMass mass: Float) -> Mask {
        let largest = largest
        guard largest > 0, largest.isFinite else { return mask(from: .infinity) }
        let steps = 65_536
        // A quotient of at most 1, however small the largest value is.
        func step(of value: Float) -> Int { Int(value / largest * Float(steps)) }
        var sums = [Double](repeating: 0, count: steps), line = [Float](repeating: 0, count: imageWidth), total = 0.0
        for row in 0..<imageHeight {
            write(row: row, to: &line)
            for value in line where value > 0 {
                sums[min(step(of: value), steps - 1)] += Double(value)
                total += Double(value)
            }
        }
        var lowest = steps, sum = 0.0
        while lowest > 0, sum <= Double(mass) * total {
            lowest -= 1
            sum += sums[lowest]
        }
        return mask { step(of: $0) >= lowest }
    }
}
