public import Tensors

extension NormalizedCut {
    /// How often the guided filter goes over the mask.
    private static let passes = 3
    /// The variance of brightness below which the photograph counts as flat, with brightness 0 to 1: 0.03².
    private static let flatness: Float = 1e-3

    /// How much each pixel of the model's input belongs to the object, `(height, width)`, 0 to 1; from 0.5 on it counts as the
    /// object's.
    ///
    /// The object's mask, smooth between the patches' middles, goes three times through a guided filter with the input's
    /// brightness, whose boxes reach a patch far. What is further than two patches from the object is 0, and so is what
    /// reaches 0.5 as a speck. Cost: O(pixels), 60 bytes for each.
    ///
    /// - Parameter input: `(3, height, width)`, normalised pixels; both sides are multiples of the grid's.
    public func refined(along input: Tensor) -> (values: [Float], height: Int, width: Int) {
        let (height, width) = (input.shape[1], input.shape[2])
        let patch = max(1, height / object.height)
        let field = ImageField(
            object.kept.map { $0 ? 1 : 0 }, height: object.height, width: object.width,
            columns: Self.middles(width, in: object.width), rows: Self.middles(height, in: object.height))
        var values = field.pixels
        guard !object.isEmpty else { return (values, height, width) }
        let filter = GuidedFilter(
            guide: Self.brightness(input), width: width, height: height, radius: patch, epsilon: Self.flatness)
        for _ in 0..<Self.passes { values = filter(values).map { min(max($0, 0), 1) } }
        let near = Self.within(2, of: object)
        for row in 0..<height {
            for x in 0..<width where !near[row * object.height / height * object.width + x * object.width / width] {
                values[row * width + x] = 0
            }
        }
        let found = Mask(height: height, width: width, kept: values.map { $0 >= 0.5 })
        for (pixel, isObject) in found.withoutSpecks.kept.enumerated() where found.kept[pixel] && !isObject {
            values[pixel] = 0
        }
        return (values, height, width)
    }

    /// The object among the pixels of the model's input, by ``refined(along:)``; its patches where no pixel is left.
    public func refinedObject(along input: Tensor) -> Mask {
        let (values, height, width) = refined(along: input)
        let mask = Mask(height: height, width: width, kept: values.map { $0 >= 0.5 })
        return mask.isEmpty ? object : mask
    }

    /// Where the middles of `pixels` lie in as many cells, in cells.
    private static func middles(_ pixels: Int, in cells: Int) -> [Double] {
        (0..<pixels).map { (Double($0) + 0.5) * Double(cells) / Double(pixels) }
    }

    /// Brightness of normalised pixels, stretched to 0...1.
    private static func brightness(_ input: Tensor) -> [Float] {
        let count = input.count / 3
        let sums = (0..<count).map { pixel in
            0.299 * input.scalars[pixel] + 0.587 * input.scalars[count + pixel]
                + 0.114 * input.scalars[2 * count + pixel]
        }
        let low = sums.min() ?? 0, span = max((sums.max() ?? 0) - low, 1e-6)
        return sums.map { ($0 - low) / span }
    }

    /// The cells at most `distance` rows and columns from one of a mask.
    private static func within(_ distance: Int, of mask: Mask) -> [Bool] {
        var near = [Bool](repeating: false, count: mask.kept.count)
        for cell in mask.cells {
            let (row, column) = (cell / mask.width, cell % mask.width)
            for y in max(0, row - distance)...min(mask.height - 1, row + distance) {
                for x in max(0, column - distance)...min(mask.width - 1, column + distance) {
                    near[y * mask.width + x] = true
                }
            }
        }
        return near
    }
}
