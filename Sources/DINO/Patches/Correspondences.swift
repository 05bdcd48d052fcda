import Synchronization
public import Tensors

/// A patch of one image and the patch of another that it is most alike.
public struct PatchMatch: Sendable, Equatable {
    /// The patches' places in their grids, row by row.
    public let first: Int, second: Int
    /// The cosine of their features.
    public let score: Float

    /// A match.
    public init(first: Int, second: Int, score: Float) {
        (self.first, self.second, self.score) = (first, second, score)
    }
}

/// The matching of the patches of two images.
public enum Correspondences {
    /// The pairs of patches of which each is the other's nearest by cosine, the higher score first, of equal ones that
    /// of the earlier patch of `first`.
    ///
    /// Of patches that are equally near the earlier one is nearest. The products go in blocks through `compute`, on all its
    /// threads: 2·N·M·D operations, memory of (M + N)·D floats and 64·M for each thread, never N·M.
    /// - Parameters:
    ///   - first: patch features (N, D) of any length.
    ///   - second: patch features (M, D).
    ///   - ratio: where it is given, the distance `1 - cosine` of a pair is at most `ratio` times that of the patch of `first`
    ///     to its second nearest (Lowe, 2004, section 7.1).
    /// - Precondition: the widths agree and there are patches in both.
    public static func mutualNearest(
        _ first: Tensor, _ second: Tensor, ratio: Float? = nil, on compute: Compute
    ) -> [PatchMatch] {
        precondition(first.shape.count == 2 && second.shape.count == 2 && first.shape[1] == second.shape[1], "widths")
        precondition(first.count > 0 && second.count > 0, "images without patches")
        let unit = first.l2Normalized(), columns = second.shape[0]
        let packed = PackedLinear(outputs: columns, inputs: second.shape[1], bias: nil, on: compute) { rows in
            _ = rows.initialize(from: second.l2Normalized().scalars)
        }
        let scratch = (0..<compute.threads).map { _ in
            Scratch(rows: Matrix(columns: packed.inputs), cosines: Matrix(columns: columns))
        }
        let nearest = Mutex(Nearest(rows: first.shape[0], columns: columns))
        compute.forEach((first.shape[0] + block - 1) / block) { index, thread in
            let range = index * block..<min((index + 1) * block, first.shape[0]), scratch = scratch[thread]
            scratch.rows.resize(rows: range.count)
            scratch.cosines.resize(rows: range.count)
            scratch.rows.write(unit, rows: range, to: 0)
            compute.linear(scratch.rows.allRows, packed, into: scratch.cosines.allRows)
            nearest.withLock { nearest in
                for row in range {
                    scratch.cosines.withRow(row - range.lowerBound) { nearest.take($0, of: row) }
                }
            }
        }
        return nearest.withLock { $0.matches(ratio: ratio) }
    }

    private static let block = 64

    /// What one thread works in.
    private struct Scratch: Sendable {
        let rows: Matrix
        let cosines: Matrix
    }

    /// The nearest patches in both directions, so far.
    private struct Nearest {
        /// For each patch of the first image the nearest of the second, and how near it and the next one are.
        private var ofRow: [Int], best: [Float], next: [Float]
        /// For each patch of the second image the nearest of the first, and how near it is.
        private var ofColumn: [Int], bestOfColumn: [Float]

        init(rows: Int, columns: Int) {
            ofRow = [Int](repeating: 0, count: rows)
            best = [Float](repeating: -.infinity, count: rows)
            next = best
            ofColumn = [Int](repeating: 0, count: columns)
            bestOfColumn = [Float](repeating: -.infinity, count: columns)
        }

        /// Takes the cosines of one patch of the first image with all of the second; patches come in any order.
        mutating func take(_ cosines: borrowing MutableSpan<Float>, of row: Int) {
            for column in 0..<cosines.count {
                let cosine = cosines[column]
                if cosine > best[row] {
                    (next[row], best[row], ofRow[row]) = (best[row], cosine, column)
                } else if cosine > next[row] {
                    next[row] = cosine
                }
                if cosine > bestOfColumn[column] || cosine == bestOfColumn[column] && row < ofColumn[column] {
                    (bestOfColumn[column], ofColumn[column]) = (cosine, row)
                }
            }
        }

        func matches(ratio: Float?) -> [PatchMatch] {
            let mutual = ofRow.indices.filter { row in
                guard ofColumn[ofRow[row]] == row else { return false }
                guard let ratio, next[row].isFinite else { return true }
                return 1 - best[row] <= ratio * (1 - next[row])
            }
            return mutual.map { PatchMatch(first: $0, second: ofRow[$0], score: min(max(best[$0], -1), 1)) }
                .sorted { ($1.score, $0.first) < ($0.score, $1.first) }
        }
    }
}

extension Correspondences {
    /// How alike each patch of (N, D) is to a region: the cosine with the mean of the unit vectors of the region's patches
    /// `places` of (M, D).
    ///
    /// - Precondition: the widths agree, and `places` names patches, at least one.
    public static func similarity(of features: Tensor, to places: [Int], of region: Tensor) -> [Float] {
        let width = region.shape[1]
        precondition(features.shape[1] == width && !places.isEmpty, "a region of patches of the same width")
        var sum = [Float](repeating: 0, count: width)
        for place in places {
            let row = Tensor(shape: [1, width], scalars: Array(region.scalars[place * width..<(place + 1) * width]))
            for (column, value) in row.l2Normalized().scalars.enumerated() { sum[column] += value }
        }
        let query = Tensor(shape: [1, width], scalars: sum).l2Normalized().scalars
        let unit = features.l2Normalized().scalars
        return (0..<features.shape[0]).map { patch in
            var dot = 0.0
            for column in 0..<width { dot += Double(unit[patch * width + column]) * Double(query[column]) }
            return Float(min(max(dot, -1), 1))
        }
    }
}
