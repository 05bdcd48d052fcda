public import Tensors

extension Tensor {
    /// The smallest cosine between a row of this tensor (…, D) and the row at the same place of another, in double precision. Two
    /// rows of zeros are alike; where there is no cosine otherwise, or the shapes differ, it is -1.
    public func smallestCosine(to other: Tensor) -> Double {
        guard shape == other.shape, let width = shape.last else { return -1 }
        guard width > 0 else { return 1 }
        return stride(from: 0, to: count, by: width).reduce(1) { smallest, start in
            var (product, square, otherSquare) = (0.0, 0.0, 0.0)
            for index in start..<start + width {
                let (a, b) = (Double(scalars[index]), Double(other.scalars[index]))
                product += a * b
                square += a * a
                otherSquare += b * b
            }
            let cosine = product / (square * otherSquare).squareRoot()
            return cosine.isNaN ? (square == otherSquare ? smallest : -1) : min(smallest, cosine)
        }
    }
}
