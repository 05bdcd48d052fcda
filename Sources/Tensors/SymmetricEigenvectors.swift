import COpenBLAS

/// Some eigenvalues of a real symmetric matrix with their eigenvectors, by LAPACK's `dsyevr`.
///
///     // [[2, 1], [1, 2]]
///     let top = try SymmetricEigenvectors.of([2, 1, 1, 2], order: 2, .largest(1))
///     top.values      // [3]
///     top.vectors     // [0.7071…, 0.7071…]
public struct SymmetricEigenvectors: Sendable, Equatable {
    /// The eigenvalues: falling for `.largest`, rising for `.smallest`.
    public let values: [Double]
    /// The eigenvectors (K, N), one after the other in the order of `values`, orthonormal. Each has the sign that makes its
    /// entry of the largest magnitude positive; of equal magnitudes the first decides.
    public let vectors: [Double]

    /// Which end of the spectrum.
    public enum Part: Sendable, Equatable {
        /// So many of the largest eigenvalues, the largest first.
        case largest(Int)
        /// So many of the smallest eigenvalues, the smallest first.
        case smallest(Int)
    }

    /// The eigenvectors of a symmetric matrix (N, N), of which only the upper triangle is read.
    ///
    /// Runs on the caller's thread alone; the same matrix gives the same bits on the same processor. Takes time in N³ and
    /// memory for one more (K, N) beside the matrix.
    ///
    /// - Precondition: the matrix has `order`² entries, `order` is in 1...46,340 and the number of pairs in 0...`order`.
    /// - Throws: `EigenError` for entries that are not finite, or where LAPACK gives up.
    public static func of(
        _ matrix: consuming [Double], order: Int, _ part: Part
    ) throws(EigenError) -> SymmetricEigenvectors {
        let wanted = part.count
        precondition((1...46_340).contains(order) && matrix.count == order * order, "a matrix of order \(order)")
        precondition((0...order).contains(wanted), "\(wanted) eigenvectors of order \(order)")
        guard matrix.allSatisfy(\.isFinite) else { throw .notFinite }
        guard wanted > 0 else { return SymmetricEigenvectors(values: [], vectors: []) }
        let first = part.isLargest ? order - wanted + 1 : 1
        var (values, vectors) = try solve(&matrix, order: order, first: first, count: wanted)
        if part.isLargest {
            values.reverse()
            vectors = (0..<wanted).reversed().flatMap { vectors[$0 * order..<($0 + 1) * order] }
        }
        for row in 0..<wanted { orient(&vectors, row * order..<(row + 1) * order) }
        return SymmetricEigenvectors(values: values, vectors: vectors)
    }

    /// Pairs `first`…, counted from one, in rising order.
    private static func solve(
        _ matrix: inout [Double], order: Int, first: Int, count: Int
    ) throws(EigenError) -> (values: [Double], vectors: [Double]) {
        BLAS.useOneThread
        var values = [Double](repeating: 0, count: order)
        var vectors = [Double](repeating: 0, count: order * count)
        var support = [Int32](repeating: 0, count: 2 * count)
        var (size, integers) = (Double(0), Int32(0))
        var (found, info) = (Int32(0), Int32(0))
        func call(_ work: inout [Double], _ iwork: inout [Int32], asks: Bool) {
            let n = Int32(order)
            // Fortran's columns are our rows, so that our upper triangle is its lower one.
            dsyevr_(
                "V", "I", "L", [n], &matrix, [n], [0], [0], [Int32(first)], [Int32(first + count - 1)], [0], &found,
                &values, &vectors, [n], &support, &work, [asks ? -1 : Int32(work.count)], &iwork,
                [asks ? -1 : Int32(iwork.count)], &info, 1, 1, 1)
        }
        var (work, iwork) = ([size], [integers])
        call(&work, &iwork, asks: true)
        (size, integers) = (work[0], iwork[0])
        work = [Double](repeating: 0, count: max(Int(size), 26 * order))
        iwork = [Int32](repeating: 0, count: max(Int(integers), 10 * order))
        call(&work, &iwork, asks: false)
        guard info == 0, Int(found) == count else { throw .gaveUp(order: order, code: Int(info)) }
        return (Array(values[..<count]), vectors)
    }

    private static func orient(_ vectors: inout [Double], _ range: Range<Int>) {
        var leading = range.lowerBound
        for index in range where abs(vectors[index]) > abs(vectors[leading]) { leading = index }
        guard vectors[leading] < 0 else { return }
        for index in range { vectors[index].negate() }
    }
}

extension SymmetricEigenvectors.Part {
    fileprivate var count: Int {
        switch self {
        case .largest(let count), .smallest(let count): count
        }
    }

    fileprivate var isLargest: Bool {
        if case .largest = self { true } else { false }
    }
}

/// What keeps eigenvectors from being found.
public enum EigenError: Error, Sendable, Equatable, CustomStringConvertible {
    /// An entry of the matrix is infinite or not a number.
    case notFinite
    /// LAPACK did not converge.
    case gaveUp(order: Int, code: Int)

    /// The reason in a sentence.
    public var description: String {
        switch self {
        case .notFinite:
            "a matrix with an entry that is not finite has no eigenvectors: look for infinite or missing features"
        case .gaveUp(let order, let code):
            "LAPACK's dsyevr gave up on a symmetric matrix of order \(order) with code \(code): report it with the input"
        }
    }
}
