package import Tensors

/// The features of one image as they are answered: every vector of length 1.
struct EmbeddedImage: Sendable {
    /// By kind; each `(vectors, D)`.
    var features: [FeatureKind: Tensor]
    var timing: Timing

    /// Where the time of an image went, in seconds.
    struct Timing: Sendable {
        /// Decoding and preprocessing.
        var decode = 0.0
        /// Waiting for the model.
        var queue = 0.0
        /// The forward pass of its batch.
        var inference = 0.0

        /// The longer of each.
        func longest(_ other: Timing) -> Timing {
            Timing(
                decode: max(decode, other.decode), queue: max(queue, other.queue),
                inference: max(inference, other.inference))
        }
    }
}

extension Tensor {
    /// The first `width` columns of a matrix `(n, D)`, every row divided by its Euclidean length (zero rows stay zero).
    package func normalisedRows(width: Int) -> Tensor {
        let (rows, columns) = (shape[0], shape[1])
        var result = [Float](repeating: 0, count: rows * width)
        for row in 0..<rows {
            let source = scalars[row * columns..<row * columns + width]
            let length = source.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
            guard length > 0 else { continue }
            for (column, value) in source.enumerated() { result[row * width + column] = Float(Double(value) / length) }
        }
        return Tensor(shape: [rows, width], scalars: result)
    }
}
