import CImageCodecs

extension RGBImage {
    /// The picture at another size, bit for bit `Image.resize((width, height), filter)` of Pillow 13.
    ///
    /// Cost: for each sample between the two passes about twice the filter's support, widened by the factor of
    /// shrinking, in multiplications.
    /// - Precondition: both sides are at least 1.
    public func resized(width newWidth: Int, height newHeight: Int, filter: ResizeFilter) -> RGBImage {
        resized(width: newWidth, height: newHeight, columns: 0..<newWidth, rows: 0..<newHeight, filter: filter)
    }

    /// Some columns and rows of the picture at another size, without computing the others.
    func resized(
        width newWidth: Int, height newHeight: Int, columns: Range<Int>, rows: Range<Int>, filter: ResizeFilter
    ) -> RGBImage {
        precondition(newWidth > 0 && newHeight > 0, "\(newWidth)×\(newHeight) is no size")
        let horizontal = ResampleWeights(from: width, to: newWidth, window: columns, filter: filter)
        let vertical = ResampleWeights(from: height, to: newHeight, window: rows, filter: filter)
        // Samples are rounded between the passes, so their order shows: Pillow 13 starts with the rows where it loses
        // more than twice as many of them as columns, earlier versions never.
        if newHeight < height, height - newHeight > 2 * (width - newWidth) {
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

extension ResampleWeights {
    /// Lends the tables to C.
    fileprivate func withC(_ body: (CICResampleWeights) -> Void) {
        firsts.withUnsafeBufferPointer { firsts in
            counts.withUnsafeBufferPointer { counts in
                weights.withUnsafeBufferPointer { weights in
                    guard let first = firsts.baseAddress, let count = counts.baseAddress,
                        let weight = weights.baseAddress
                    else { return }
                    let tables = CICResampleWeights(
                        firsts: first, counts: count, weights: weight, stride: stride, outputs: outputs)
                    body(tables)
                }
            }
        }
    }
}
