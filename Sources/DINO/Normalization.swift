package import Images

/// Samples divided by 255, minus a mean, divided by a deviation, for each channel.
package struct Normalization: Sendable {
    /// A value for each of 256 samples, red first: a look-up instead of a division a pixel.
    private let table: [Float]

    /// A rule for three channels.
    ///
    /// - Precondition: `mean` and `std` have three numbers each.
    package init(mean: [Float], std: [Float]) {
        precondition(mean.count == 3 && std.count == 3, "\(mean.count) means and \(std.count) deviations")
        table = (0..<3).flatMap { channel in
            (0..<256).map { (Float($0) / 255 - mean[channel]) / std[channel] }
        }
    }

    /// Writes a picture as (3, height, width).
    ///
    /// - Precondition: `scalars` has room for just that.
    package func write(_ image: RGBImage, to scalars: inout MutableSpan<Float>) {
        let plane = image.width * image.height
        precondition(scalars.count == 3 * plane, "\(scalars.count) scalars for \(image.width)×\(image.height)")
        scalars.withUnsafeMutableBufferPointer { target in
            image.pixels.withUnsafeBufferPointer { pixels in
                table.withUnsafeBufferPointer { table in
                    for i in 0..<plane {
                        target[i] = table[Int(pixels[3 &* i])]
                        target[plane &+ i] = table[256 &+ Int(pixels[3 &* i &+ 1])]
                        target[2 &* plane &+ i] = table[512 &+ Int(pixels[3 &* i &+ 2])]
                    }
                }
            }
        }
    }
}
