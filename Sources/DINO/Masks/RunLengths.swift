/// A mask as COCO writes it: the lengths of the runs of 0 and 1, column by column, a run of 0 first (it may be empty).
///
/// The text is that of `rleToString` in COCO's `maskApi.c`: each count from the fourth on as its difference to the one two
/// before, in groups of five bits, the lowest first, with 32 where more follow, plus 48.
public struct RunLengths: Sendable, Equatable {
    /// Rows and columns of the image.
    public let height, width: Int
    /// The lengths; they add up to `height` · `width`.
    public private(set) var counts: [Int]

    /// The runs of a mask.
    public init(_ mask: Mask) {
        self.init(PlacedMask(mask))
    }

    /// Runs with the given lengths, nil where they do not fill `height` × `width` or one of them is negative.
    public init?(height: Int, width: Int, counts: [Int]) {
        var left = height.multipliedReportingOverflow(by: width)
        guard height >= 0, width >= 0, !left.overflow else { return nil }
        for count in counts {
            guard count >= 0, count <= left.partialValue else { return nil }
            left.partialValue -= count
        }
        guard left.partialValue == 0 else { return nil }
        (self.height, self.width, self.counts) = (height, width, counts)
    }

    /// The pixels of a mask whose cells are rectangles of an image.
    public init(_ placed: PlacedMask) {
        (height, width, counts) = (placed.imageHeight, placed.imageWidth, [0])
        var end = 0
        for column in 0..<placed.mask.width {
            let x = placed.columns[column]..<placed.columns[column + 1]
            append(false, (x.lowerBound - end) * height)
            end = x.upperBound
            let runs = placed.runs(ofColumn: column)
            for _ in x { for run in runs { append(run.isKept, run.length) } }
        }
        append(false, (width - end) * height)
    }

    /// Makes the last run longer, or begins another; there is always a run of 0 first.
    private mutating func append(_ value: Bool, _ length: Int) {
        guard length > 0 else { return }
        let isLast = (counts.count % 2 == 0) == value
        if isLast { counts[counts.count - 1] += length } else { counts.append(length) }
    }

    /// The mask again.
    public var mask: Mask {
        var kept = [Bool](repeating: false, count: height * width), position = 0, value = false
        for count in counts {
            if value {
                for pixel in position..<position + count { kept[pixel % height * width + pixel / height] = true }
            }
            position += count
            value.toggle()
        }
        return Mask(height: height, width: width, kept: kept)
    }

    /// The cells of the mask.
    public var area: Int { stride(from: 1, to: counts.count, by: 2).reduce(0) { $0 + counts[$1] } }
}
