import CImageCodecs

extension RGBImage {
    /// The picture at another size, bit for bit Pillow's `Image.resize((width, height), filter)`.
    ///
    /// Cost: about `4 * support` multiplications for each sample between the two passes, horizontal first.
    /// - Precondition: both sides are at least 1.
    public func resized(width newWidth: Int, height newHeight: Int, filter: ResizeFilter) -> RGBImage {
        resized(width: newWidth, height: newHeight, columns: 0..<newWidth, rows: 0..<newHeight, filter: filter)
    }

    /// The columns and rows named of the picture at another size, without computing the others.
    func resized(
        width newWidth: Int, height newHeight: Int, columns: Range<Int>, rows: Range<Int>, filter: ResizeFilter
    ) -> RGBImage {
        precondition(newWidth > 0 && newHeight > 0, "\(newWidth)×\(newHeight) is no size")
        if newWidth == width, newHeight == height {
            return cropped(x: columns.lowerBound, y: rows.lowerBound, width: columns.count, height: rows.count)
        }
        let vertical = ResampleWeights(from: height, to: newHeight, window: rows, filter: filter)
        let needed = newHeight == height ? rows : vertical.inputs
        let narrowed =
            newWidth == width
            ? cropped(x: columns.lowerBound, y: needed.lowerBound, width: columns.count, height: needed.count)
            : resampledHorizontally(
                ResampleWeights(from: width, to: newWidth, window: columns, filter: filter), rows: needed)
        if newHeight == height { return narrowed }
        return narrowed.resampledVertically(vertical.shifted(by: needed.lowerBound))
    }

    private func resampledHorizontally(_ weights: ResampleWeights, rows: Range<Int>) -> RGBImage {
        let outputs = weights.firsts.count
        let count = rows.count * outputs * 3
        let samples = [UInt8](unsafeUninitializedCapacity: count) { target, initialized in
            weights.withC { weights in
                pixels[(rows.lowerBound * width * 3)...].withUnsafeBufferPointer { source in
                    guard let input = source.baseAddress, let output = target.baseAddress else { return }
                    CICResampleHorizontally(input, width, rows.count, weights, output)
                    initialized = count
                }
            }
        }
        return RGBImage(width: outputs, height: rows.count, pixels: samples)
    }

    private func resampledVertically(_ weights: ResampleWeights) -> RGBImage {
        let outputs = weights.firsts.count
        let count = outputs * width * 3
        let samples = [UInt8](unsafeUninitializedCapacity: count) { target, initialized in
            weights.withC { weights in
                pixels.withUnsafeBufferPointer { source in
                    guard let input = source.baseAddress, let output = target.baseAddress else { return }
                    CICResampleVertically(input, width * 3, weights, output)
                    initialized = count
                }
            }
        }
        return RGBImage(width: width, height: outputs, pixels: samples)
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
                    body(
                        CICResampleWeights(
                            firsts: first, counts: count, weights: weight, stride: stride, outputs: firsts.count))
                }
            }
        }
    }
}
