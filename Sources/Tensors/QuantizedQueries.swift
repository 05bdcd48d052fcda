import CKernels

/// A few queries of D numbers, as a scan of `QuantizedRows` takes them: 8 bits a number, and float32 for a closer look.
///
/// For unit vectors q and x the scan's product p of their coarse codes obeys |q·x - p| ≤ margin(x), where
/// q = q̂ + e, x = x̂ + r, and q·x = q̂·x̂ + q̂·r + e·x: by Cauchy and Schwarz the last two are at most ‖q̂‖·‖r‖ + ‖e‖·‖x‖.
///
/// `@unchecked Sendable` because its memory is written only in `init`.
public final class QuantizedQueries: @unchecked Sendable {
    /// The number of queries.
    public let count: Int
    let dimensions: Int
    private let width: Int
    private let vectors: AlignedMemory
    private let numbers: AlignedMemory
    private(set) var queries: [Query] = []

    struct Query {
        /// What a whole number of the codes stands for.
        var scale: Double
        /// A bound of ‖q̂‖, by which a row's slack is multiplied.
        var length: Double
        /// A bound of ‖e‖·‖x‖ and of the rounding in float32.
        var slack: Double
        var offset: Int32
    }

    /// The longest row that the bounds hold for.
    static let longest = 1.001
    /// Products, factors and their sum are rounded to float32 a few times: by less than this, for vectors of length 1.
    static let rounding = 1e-6

    /// Quantises queries of length 1 (to within 1e-3).
    public init(_ vectors: [[Float]], dimensions: Int, on compute: Compute) {
        precondition(vectors.allSatisfy { $0.count == dimensions }, "queries of \(dimensions) numbers")
        count = vectors.count
        self.dimensions = dimensions
        width = QuantizedRows.padded(dimensions)
        self.vectors = AlignedMemory(count: width * count)
        numbers = AlignedMemory(count: (width * count + 3) / 4)
        self.vectors.start.update(repeating: 0, count: self.vectors.count)
        let rest = AlignedMemory(count: width), fine = AlignedMemory(count: (width + 3) / 4)
        for (index, vector) in vectors.enumerated() {
            for (place, value) in vector.enumerated() { self.vectors.start[index * width + place] = value }
            rest.start.update(from: self.vector(index), count: width)
            let codes = codes(of: index)
            let levels = compute.kernels.pointee.quantize(rest.start, width, codes, fine.pointer(at: 0))
            let slack = Double(QuantizedRows.slack(squares: levels.squares))
            let sum = (0..<width).reduce(Int32(0)) { $0 + Int32(codes[$1]) }
            queries.append(
                Query(
                    // A query of zeros has no scale, and no product but 0.
                    scale: max(Double(levels.scale), 1e-30), length: Self.longest + slack,
                    slack: slack * Self.longest + Self.rounding, offset: -128 * sum))
        }
    }

    func codes(of query: Int) -> UnsafeMutablePointer<Int8> { numbers.pointer(at: query * width) }
    func vector(_ query: Int) -> UnsafePointer<Float> { UnsafePointer(vectors.start + query * width) }
}
