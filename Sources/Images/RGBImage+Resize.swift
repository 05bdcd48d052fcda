import CImageCodecs

extension RGBImage {
    /// The picture at another size, bit for bit `Image.resize((width, height), filter)` of Pillow 13.
    ///
    /// Cost: for each sample between the two passes about twice the filter's support, widened by the factor of
    /// shrinking, in multiplications.
    /// - Precondition: both sides are at least 1.
    public func resized(width newWidth: Int, height newHeight: Int, filter: ResizeFilter) -> RGBImage {
        resized(
            Resize(
                width: newWidth, height: newHeight, columns: 0..<newWidth, rows: 0..<newHeight, filter: filter))
    }

    /// Some columns and rows of the picture at another size, without computing the others.
    func resized(_ resize: Resize) -> RGBImage {
        precondition(resize.width > 0 && resize.height > 0, "\(resize.width)×\(resize.height) is no size")
        let horizontal = ResampleWeights(
            from: width, to: resize.width, window: resize.columns, filter: resize.filter)
        let vertical = ResampleWeights(from: height, to: resize.height, window: resize.rows, filter: resize.filter)
        if resize.startsWithRows(fromWidth: width, height: height) {
            return resampledVertically(vertical).resampledHorizontally(horizontal, rows: 0..<vertical.outputs)
        }
        return resampledHorizontally(horizontal, rows: vertical.inputs)
            .resampledVertically(vertical.startingAtFirstInput())
    }

    private func resampledHorizontally(_ weights: ResampleWeights, rows: Range<Int>) -> RGBImage {
        if weights.isIdentity {
            let columns = weights.inputs
            return cropped(x: columns.lowerBound, y: rows.lowerBound, width: columns.count, height: rows.count)
        }
        let count = rows.count * weights.outputs * 3
        let samples = [UInt8](unsafeUninitializedCapacity: count) { target, initialized in
            weights.withC { weights in
                pixels[(rows.lowerBound * width * 3)...].withUnsafeBufferPointer { source in
                    guard let input = source.baseAddress, let output = target.baseAddress else { return }
                    CICResampleHorizontally(input, width, rows.count, weights, output)
                    initialized = count
                }
            }
        }
        return RGBImage(width: weights.outputs, height: rows.count, pixels: samples)
    }

    private func resampledVertically(_ weights: ResampleWeights) -> RGBImage {
        if weights.isIdentity {
            return cropped(x: 0, y: weights.inputs.lowerBound, width: width, height: weights.outputs)
        }
        let count = weights.outputs * width * 3
        let samples = [UInt8](unsafeUninitializedCapacity: count) { target, initialized in
            weights.withC { weights in
                pixels.withUnsafeBufferPointer { source in
                    guard let input = source.baseAddress, let output = target.baseAddress else { return }
                    CICResampleVertically(input, width * 3, weights, output)
                    initialized = count
                }
            }
        }
        return RGBImage(width: width, height: weights.outputs, pixels: samples)
    }
}
