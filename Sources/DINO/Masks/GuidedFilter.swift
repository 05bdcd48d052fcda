/// The guided filter (He, Sun and Tang, 2010): near each pixel the output is a straight line of the guide, so that its
/// edges come to lie on the guide's.
///
/// Deterministic, O(pixels) for any radius: means over boxes come from running sums in double precision.
struct GuidedFilter {
    /// The picture's size in pixels.
    let width, height: Int
    /// Pixels from the middle of a box to its edge.
    let radius: Int
    /// The variance below which the guide counts as flat.
    let epsilon: Float
    private let guide, mean, variance: [Float]

    /// A filter with the guide's brightness, `(height, width)`.
    init(guide: [Float], width: Int, height: Int, radius: Int, epsilon: Float) {
        (self.width, self.height, self.radius, self.epsilon) = (width, height, radius, epsilon)
        self.guide = guide
        let mean = Self.boxMean(guide, width, height, radius)
        let square = Self.boxMean(guide.map { $0 * $0 }, width, height, radius)
        variance = zip(square, mean).map { max(0, $0 - $1 * $1) }
        self.mean = mean
    }

    /// The filtered picture.
    func callAsFunction(_ picture: [Float]) -> [Float] {
        let pictureMean = boxMean(picture)
        let product = boxMean(zip(guide, picture).map { $0 * $1 })
        var slope = [Float](repeating: 0, count: picture.count), offset = slope
        for pixel in picture.indices {
            slope[pixel] = (product[pixel] - mean[pixel] * pictureMean[pixel]) / (variance[pixel] + epsilon)
            offset[pixel] = pictureMean[pixel] - slope[pixel] * mean[pixel]
        }
        (slope, offset) = (boxMean(slope), boxMean(offset))
        return picture.indices.map { slope[$0] * guide[$0] + offset[$0] }
    }

    private func boxMean(_ values: [Float]) -> [Float] { Self.boxMean(values, width, height, radius) }

    /// The mean over the box around each pixel, of the pixels that are there.
    private static func boxMean(_ values: [Float], _ width: Int, _ height: Int, _ radius: Int) -> [Float] {
        var across = [Double](repeating: 0, count: values.count)
        var sums = [Double](repeating: 0, count: width + 1)
        for row in 0..<height {
            for x in 0..<width { sums[x + 1] = sums[x] + Double(values[row * width + x]) }
            for x in 0..<width {
                let low = max(0, x - radius), high = min(width, x + radius + 1)
                across[row * width + x] = (sums[high] - sums[low]) / Double(high - low)
            }
        }
        // All columns at once, row by row, as the memory lies.
        var window = [Double](repeating: 0, count: width)
        for row in 0..<min(radius, height) {
            for x in 0..<width { window[x] += across[row * width + x] }
        }
        var result = [Float](repeating: 0, count: values.count)
        for row in 0..<height {
            if row + radius < height { for x in 0..<width { window[x] += across[(row + radius) * width + x] } }
            if row > radius { for x in 0..<width { window[x] -= across[(row - radius - 1) * width + x] } }
            let count = Double(min(height, row + radius + 1) - max(0, row - radius))
            for x in 0..<width { result[row * width + x] = Float(window[x] / count) }
        }
        return result
    }
}
