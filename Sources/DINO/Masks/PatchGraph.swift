import Tensors

/// The graph of an image's patches that resemble each other: weight 1 where the cosine of their features is above a
/// threshold, ε everywhere else, as in TokenCut (Wang et al., 2022, section 3.2).
///
/// Only the edges of weight 1 are kept, at two bytes each: with 3,600 patches 26 MB at most.
struct PatchGraph {
    /// The most patches: what two bytes can number, and the time that edges take.
    static let maximumPatches = 8192
    static let epsilon = 1e-5

    /// The number of patches.
    let count: Int
    /// The neighbours of all patches, one patch after the other; a patch is its own.
    private var neighbors: [UInt16] = []
    /// Where each patch's begin, and where the last one's end.
    private var starts = [0]
    /// The square roots of the patches' degrees.
    let rootDegrees: [Double]

    /// The graph of features `(N, D)`, of any lengths.
    ///
    /// - Precondition: N is in 1...``maximumPatches``.
    init(_ features: Tensor, threshold: Float) {
        count = features.shape[0]
        precondition((1...Self.maximumPatches).contains(count), "\(count) patches")
        let width = features.shape[1], unit = features.l2Normalized()
        var transposed = Tensor(zeros: [width, count])
        for patch in 0..<count {
            for column in 0..<width {
                transposed.scalars[column * count + patch] = unit.scalars[patch * width + column]
            }
        }
        var degrees = [Double]()
        // In blocks, so that the similarities of all pairs are never there at once.
        for first in stride(from: 0, to: count, by: 256) {
            let rows = min(256, count - first)
            let block = Tensor(
                shape: [rows, width], scalars: Array(unit.scalars[first * width..<(first + rows) * width]))
            let cosines = BLAS.product(block, transposed).scalars
            for row in 0..<rows {
                for patch in 0..<count where cosines[row * count + patch] > threshold || patch == first + row {
                    neighbors.append(UInt16(patch))
                }
                let edges = neighbors.count - starts[starts.count - 1]
                starts.append(neighbors.count)
                degrees.append(Double(edges) + Self.epsilon * Double(count - edges))
            }
        }
        rootDegrees = degrees.map { $0.squareRoot() }
    }

    /// D^−½ W D^−½ times a vector: its largest eigenvalue is 1, that of `rootDegrees`; its second vector y gives the second
    /// smallest generalised one of (D − W) x = λ D x, x = D^−½ y.
    func multiply(_ vector: [Double]) -> [Double] {
        var scaled = vector, sum = 0.0
        for patch in 0..<count {
            scaled[patch] /= rootDegrees[patch]
            sum += scaled[patch]
        }
        let everywhere = Self.epsilon * sum
        return (0..<count).map { patch in
            var near = 0.0
            for edge in starts[patch]..<starts[patch + 1] { near += scaled[Int(neighbors[edge])] }
            return (everywhere + (1 - Self.epsilon) * near) / rootDegrees[patch]
        }
    }
}
