import CImageCodecs

extension ResampleWeights {
    /// Lends the tables to C.
    func withC(_ body: (CICResampleWeights) -> Void) {
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
