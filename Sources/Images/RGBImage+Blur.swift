import CImageCodecs

extension RGBImage {
    /// Blurs in place, bit for bit `ImageFilter.GaussianBlur(radius: sigma)` of Pillow: three extended box filters a
    /// direction (Gwosdek and others, "Theoretical Foundations of Gaussian Convolution by Extended Box Filtering", 2011).
    ///
    /// Beyond an edge its pixels repeat. O(pixels × sigma), and one picture more of memory.
    /// - Parameter sigma: the standard deviation in pixels.
    /// - Precondition: `sigma` is within 0 and 1000.
    public mutating func blur(sigma: Float) {
        precondition((0...1000).contains(sigma), "a blur of \(sigma) pixels")
        guard sigma > 0 else { return }
        let box = ExtendedBox(width: width, height: height, sigma: sigma, passes: 3)
        var scratch = pixels
        var padded = [UInt8](repeating: 0, count: (width + 2 * box.reach) * 3)
        pixels.withUnsafeMutableBufferPointer { samples in
            scratch.withUnsafeMutableBufferPointer { scratch in
                padded.withUnsafeMutableBufferPointer { padded in
                    guard let samples = samples.baseAddress, let scratch = scratch.baseAddress,
                        let padded = padded.baseAddress
                    else { return }
                    // An even number of passes, so that the last one ends where the first began.
                    for pass in 0..<6 {
                        let (input, output) = pass % 2 == 0 ? (samples, scratch) : (scratch, samples)
                        if pass < 3 {
                            box.averageRows(of: input, padded: padded, into: output)
                        } else {
                            box.averageColumns(of: input, into: output)
                        }
                    }
                }
            }
        }
    }
}

/// A box over pictures of one size whose two outermost samples count in part, repeated so that it comes near a Gaussian.
private struct ExtendedBox {
    private let width, height: Int
    /// The whole samples on each side of the middle.
    private let radius: Int
    /// The weights of the box's samples.
    private let weights: CICBoxWeights

    /// All samples on each side of the middle.
    var reach: Int { radius + 1 }

    /// Pillow's `_gaussian_blur_radius` and `ImagingHorizontalBoxBlur`, each rounding as there; [7], [11] and [14] are
    /// the paper's equations.
    init(width: Int, height: Int, sigma: Float, passes: Float) {
        (self.width, self.height) = (width, height)
        let variance = sigma * sigma / passes
        let length = Float((12 * Double(variance) + 1).squareRoot())  // [7]
        let whole = Float(((Double(length) - 1) / 2).rounded(.down))  // [11]
        var part = (2 * whole + 1) * (whole * (whole + 1) - 3 * variance)  // [14]
        part /= 6 * (variance - (whole + 1) * (whole + 1))
        let extent = whole + part
        radius = Int(extent)
        let unit: UInt32 = 1 << 24
        let middle = UInt32(Float(unit) / (extent * 2 + 1))
        weights = CICBoxWeights(middle: middle, outer: (unit - UInt32(radius * 2 + 1) * middle) / 2)
    }

    /// One pass along the rows; `padded` has room for a row and `reach` pixels on each side of it.
    func averageRows(
        of input: UnsafePointer<UInt8>, padded: UnsafeMutablePointer<UInt8>, into output: UnsafeMutablePointer<UInt8>
    ) {
        let taps = (0..<2 * reach + 1).map { UnsafePointer(padded + 3 * $0) }
        for row in 0..<height {
            let line = input + row * width * 3
            let start = padded + reach * 3
            start.update(from: line, count: width * 3)
            for step in 1...reach {
                (start - 3 * step).update(from: line, count: 3)
                (start + 3 * (width + step - 1)).update(from: line + 3 * (width - 1), count: 3)
            }
            CICBoxRow(taps, radius, width * 3, weights, output + row * width * 3)
        }
    }

    /// One pass along the columns.
    func averageColumns(of input: UnsafePointer<UInt8>, into output: UnsafeMutablePointer<UInt8>) {
        var taps = [UnsafePointer<UInt8>](repeating: input, count: 2 * reach + 1)
        for row in 0..<height {
            for tap in taps.indices {
                taps[tap] = input + min(max(row + tap - reach, 0), height - 1) * width * 3
            }
            CICBoxRow(taps, radius, width * 3, weights, output + row * width * 3)
        }
    }
}
