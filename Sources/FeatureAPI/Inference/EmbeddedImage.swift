public import Tensors

/// The features of one image as they are answered: every vector of length 1.
public struct EmbeddedImage: Sendable {
    /// By kind; each `(vectors, D)`.
    public var features: [FeatureKind: Tensor]
    /// Where the time went.
    public var timing: Timing

    /// Where the time of an image went, in seconds.
    public struct Timing: Sendable {
        /// Decoding and preprocessing, and waiting for it.
        public var decode = 0.0
        /// Waiting for the model.
        public var queue = 0.0
        /// The forward pass of its batch.
        public var inference = 0.0

        /// The longer of each.
        func longest(_ other: Timing) -> Timing {
            Timing(
                decode: max(decode, other.decode), queue: max(queue, other.queue),
                inference: max(inference, other.inference))
        }
    }
}

extension Tensor {
    /// The first `width` columns of a matrix `(n, D)`.
    func firstColumns(_ width: Int) -> Tensor {
        guard let columns = shape.last, width < columns else { return self }
        var kept = [Float]()
        kept.reserveCapacity(shape[0] * width)
        for start in stride(from: 0, to: count, by: columns) { kept.append(contentsOf: scalars[start..<start + width]) }
        return Tensor(shape: [shape[0], width], scalars: kept)
    }
}
