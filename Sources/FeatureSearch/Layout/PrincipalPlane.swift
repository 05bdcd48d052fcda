public import Tensors

/// The plane in which vectors vary most: their first two principal components.
///
///     var sums = PrincipalPlane.Sums(dimensions: 192)
///     for vector in vectors { sums.add(vector.span) }
///     let plane = try sums.plane()
///     let points = vectors.map { plane.point(of: $0.span) }
public struct PrincipalPlane: Sendable {
    /// The directions' shares of the variance, the larger first; zeros where nothing varies.
    public let explained: SIMD2<Double>
    /// What is taken off a vector before it is projected (D).
    private let pivot: [Double]
    /// The directions (D) by entry.
    private let directions: [SIMD2<Double>]
    /// Where the mean lies, seen from the pivot.
    private let origin: SIMD2<Double>

    /// The point (2) of a vector (D), the mean's being (0, 0).
    ///
    /// - Precondition: the vector has D numbers.
    public func point(of vector: Span<Float>) -> SIMD2<Float> {
        precondition(vector.count == pivot.count, "a vector of \(vector.count) numbers in \(pivot.count) dimensions")
        var sum = -origin
        for index in vector.indices { sum += (Double(vector[index]) - pivot[index]) * directions[index] }
        return SIMD2<Float>(sum)
    }

    /// Vectors that are added up in one pass for the plane of all of them.
    ///
    /// The first is taken off each, so that nothing is lost where they are nearly equal. Everything is summed in double
    /// precision.
    public struct Sums: Sendable {
        private let dimensions: Int
        private var pivot = [Double](), mean = [Double](), scatter: [Double]
        private var count = 0
        private var rows = [Double]()

        /// Vectors that are multiplied at once.
        private static let block = 512

        /// No vectors yet, of so many numbers.
        ///
        /// - Precondition: there is a dimension.
        public init(dimensions: Int) {
            precondition(dimensions > 0, "vectors of \(dimensions) numbers")
            self.dimensions = dimensions
            scatter = [Double](repeating: 0, count: dimensions * dimensions)
            mean = [Double](repeating: 0, count: dimensions)
            rows.reserveCapacity(Self.block * dimensions)
        }

        /// Adds a vector (D) of finite numbers. Cost: D² operations.
        ///
        /// - Precondition: the vector has D numbers.
        public mutating func add(_ vector: Span<Float>) {
            precondition(vector.count == dimensions, "a vector of \(vector.count) numbers in \(dimensions) dimensions")
            if count == 0 { pivot = vector.indices.map { Double(vector[$0]) } }
            count += 1
            for index in vector.indices {
                let number = Double(vector[index]) - pivot[index]
                rows.append(number)
                mean[index] += number
            }
            if rows.count == Self.block * dimensions { multiply() }
        }

        private mutating func multiply() {
            BLAS.addScatter(of: rows, columns: dimensions, to: &scatter)
            rows.removeAll(keepingCapacity: true)
        }

        /// The plane of what was added. Each direction's entry of largest magnitude is positive, so the same vectors have the
        /// same points; with one dimension the second direction is zero.
        ///
        /// Cost: some D³ operations on the caller's thread.
        /// - Throws: `EigenError` for vectors that are not finite, or where LAPACK gives up.
        public consuming func plane() throws(EigenError) -> PrincipalPlane {
            multiply()
            let width = dimensions, vectors = Double(max(count, 1))
            for index in mean.indices { mean[index] /= vectors }
            // The scatter about the mean, of which the upper triangle is read.
            for row in 0..<width {
                for column in row..<width { scatter[row * width + column] -= vectors * mean[row] * mean[column] }
            }
            let total = (0..<width).reduce(0) { $0 + scatter[$1 * width + $1] }
            let found = try SymmetricEigenvectors.of(scatter, order: width, .largest(min(2, width)))
            var directions = [SIMD2<Double>](repeating: .zero, count: width)
            var explained = SIMD2<Double>.zero
            for (component, value) in found.values.enumerated() {
                for index in 0..<width { directions[index][component] = found.vectors[component * width + index] }
                if total > 0 { explained[component] = min(max(value / total, 0), 1) }
            }
            let origin = zip(mean, directions).reduce(SIMD2<Double>.zero) { $0 + $1.0 * $1.1 }
            if pivot.isEmpty { pivot = mean }
            return PrincipalPlane(explained: explained, pivot: pivot, directions: directions, origin: origin)
        }
    }
}
