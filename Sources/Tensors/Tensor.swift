/// A dense, row-major array of 32-bit floats with its shape.
///
/// A value: copies share their storage until one of them is written.
///
///     let identity = Tensor(shape: [2, 2], scalars: [1, 0, 0, 1])
///     identity.count   // 4
public struct Tensor: Sendable, Equatable {
    /// The extent of each dimension, outermost first.
    public let shape: [Int]
    /// The elements, last dimension contiguous.
    public var scalars: [Float]

    /// A tensor over existing elements.
    ///
    /// - Precondition: `scalars.count` equals the product of `shape`.
    public init(shape: [Int], scalars: [Float]) {
        precondition(shape.reduce(1, *) == scalars.count, "\(scalars.count) scalars do not fill shape \(shape)")
        self.shape = shape
        self.scalars = scalars
    }

    /// A tensor of zeros.
    public init(zeros shape: [Int]) {
        self.init(shape: shape, scalars: [Float](repeating: 0, count: shape.reduce(1, *)))
    }

    /// The same elements under another shape.
    ///
    /// - Precondition: the shapes have the same number of elements.
    public func reshaped(_ shape: [Int]) -> Tensor { Tensor(shape: shape, scalars: scalars) }

    /// The number of elements: the product of `shape`, 1 for a scalar.
    public var count: Int { scalars.count }
}
