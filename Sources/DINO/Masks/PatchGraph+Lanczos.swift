import Tensors

extension PatchGraph {
    /// Steps at most: each keeps a vector of the patches' number.
    private static let maximumSteps = 300

    /// The smallest second eigenvalue that tells patches apart; it is 0 where all resemble each other.
    private static let smallestEigenvalue = 1e-6

    /// The eigenvector of ``multiply(_:)``'s matrix with the second largest eigenvalue, nil where there is one patch or nothing
    /// tells the patches apart.
    ///
    /// Lanczos' iteration with every new direction made orthogonal to all before and to the first eigenvector, which is
    /// known. It begins with a vector that is the same each time, and ends when the residual is below 1e-9, when no
    /// direction is left, or after 300 steps, so that memory is bounded by 300 vectors.
    func secondEigenvector() throws(EigenError) -> [Double]? {
        let length = rootDegrees.reduce(0) { $0 + $1 * $1 }.squareRoot()
        let known = rootDegrees.map { $0 / length }
        // The golden ratio's multiples fall evenly and without order.
        let seed = (0..<count).map { (Double($0 + 1) * 0.618_033_988_749_895).truncatingRemainder(dividingBy: 1) - 0.5 }
        guard var direction = Self.unit(Self.orthogonal(seed, to: [known])) else { return nil }
        var basis = [[Double]](), diagonal = [Double](), beside = [Double]()
        while true {
            basis.append(direction)
            let image = multiply(direction)
            diagonal.append(Self.dot(image, direction))
            let rest = Self.orthogonal(image, to: [known] + basis)
            let norm = Self.dot(rest, rest).squareRoot()
            let steps = basis.count, isLast = steps >= min(Self.maximumSteps, count - 1) || norm < 1e-10
            // Small problems in between cost little, but not at each step.
            if isLast || steps % 10 == 0 {
                let (value, weights) = try Self.top(diagonal, beside)
                if isLast || norm * abs(weights[steps - 1]) < 1e-9 {
                    return value > Self.smallestEigenvalue ? combine(basis, weights) : nil
                }
            }
            beside.append(norm)
            direction = rest.map { $0 / norm }
        }
    }

    private func combine(_ basis: [[Double]], _ weights: [Double]) -> [Double] {
        var vector = [Double](repeating: 0, count: count)
        for (direction, weight) in zip(basis, weights) {
            for index in 0..<count { vector[index] += weight * direction[index] }
        }
        return vector
    }

    /// The largest eigenvalue and its eigenvector of a symmetric matrix with entries on and beside its diagonal alone.
    private static func top(_ diagonal: [Double], _ beside: [Double]) throws(EigenError) -> (
        value: Double, vector: [Double]
    ) {
        let order = diagonal.count
        var matrix = [Double](repeating: 0, count: order * order)
        for index in 0..<order {
            matrix[index * order + index] = diagonal[index]
            guard index + 1 < order else { continue }
            matrix[index * order + index + 1] = beside[index]
            matrix[(index + 1) * order + index] = beside[index]
        }
        let top = try SymmetricEigenvectors.of(matrix, order: order, .largest(1))
        return (top.values[0], top.vectors)
    }

    /// A vector without its parts along orthonormal ones; twice, for what rounding leaves the first time.
    private static func orthogonal(_ vector: [Double], to basis: [[Double]]) -> [Double] {
        var rest = vector
        for _ in 0..<2 {
            for direction in basis {
                let part = dot(rest, direction)
                for index in rest.indices { rest[index] -= part * direction[index] }
            }
        }
        return rest
    }

    private static func unit(_ vector: [Double]) -> [Double]? {
        let length = dot(vector, vector).squareRoot()
        return length > 1e-10 ? vector.map { $0 / length } : nil
    }

    private static func dot(_ a: [Double], _ b: [Double]) -> Double {
        var sum = 0.0
        for index in a.indices { sum += a[index] * b[index] }
        return sum
    }
}
