import DINO
package import FeatureStorage
import Synchronization
package import Tensors

/// How well the patches of stored images match those of a query's region, by late interaction: each patch of the region
/// takes the stored patch it resembles most, and the mean of these cosines is the image's score.
///
/// Patches are compared with patches, never with a CLS feature. What is stored in 8 bits is compared as it is: the cosine
/// is that of the stored numbers, whose scale cancels out.
package struct RegionMatcher: Sendable {
    /// The unit vectors of the region's patches, `(n, D)`, packed for the kernels.
    private let region: PackedLinear
    private let compute: Compute

    /// A matcher for the patches `(n, D)` of a region; they are normalised here.
    ///
    /// - Precondition: there is at least one.
    package init(region patches: Tensor, compute: Compute) {
        precondition(patches.shape.count == 2 && patches.count > 0, "a region's patches are (n, D)")
        let unit = patches.l2Normalized()
        region = PackedLinear(outputs: patches.shape[0], inputs: patches.shape[1], bias: nil, on: compute) { rows in
            _ = rows.initialize(from: unit.scalars)
        }
        self.compute = compute
    }

    /// The match of each candidate, in their order; nothing for one that has not `height · width` vectors of `D`.
    ///
    /// On all threads. Cost: 2·n·N·D operations a candidate of `N` patches; memory of 4·N·(D + n) bytes a thread.
    package func match(_ candidates: [PatchFeatures]) -> [RegionMatch?] {
        let scratch = (0..<compute.threads).map { _ in
            Scratch(patches: Matrix(columns: region.inputs), cosines: Matrix(columns: region.outputs))
        }
        let matches = Mutex([RegionMatch?](repeating: nil, count: candidates.count))
        compute.forEach(candidates.count) { index, thread in
            guard let match = match(candidates[index], scratch[thread]) else { return }
            matches.withLock { $0[index] = match }
        }
        return matches.withLock { $0 }
    }

    /// What one thread works in.
    private struct Scratch: Sendable {
        /// Unit vectors `(N, D)`.
        let patches: Matrix
        /// Their cosines with the region's, `(N, n)`.
        let cosines: Matrix
    }

    private func match(_ stored: PatchFeatures, _ scratch: Scratch) -> RegionMatch? {
        let (count, overflow) = stored.height.multipliedReportingOverflow(by: stored.width)
        guard !overflow, count > 0, stored.values.count / region.inputs == count,
            stored.values.count % region.inputs == 0
        else { return nil }
        scratch.patches.resize(rows: count)
        scratch.cosines.resize(rows: count)
        for row in 0..<count { scratch.patches.withRow(row) { stored.writeUnitVector(row, to: &$0) } }
        compute.linear(scratch.patches.allRows, region, into: scratch.cosines.allRows)
        var best = BestPatches(region: region.outputs, stored: count)
        for row in 0..<count { scratch.cosines.withRow(row) { best.take($0, of: row) } }
        return RegionMatch(best, height: stored.height, width: stored.width)
    }
}

/// For each patch of the region the stored patch it resembles most, and for each stored patch how much it resembles any.
struct BestPatches {
    /// The highest cosine of each patch of the region, and the first stored patch that has it.
    private(set) var cosines: [Float], places: [Int]
    /// The highest cosine of each stored patch with any of the region's.
    private(set) var resemblance: [Float]

    init(region: Int, stored: Int) {
        cosines = [Float](repeating: -.infinity, count: region)
        places = [Int](repeating: 0, count: region)
        resemblance = [Float](repeating: -.infinity, count: stored)
    }

    /// Takes the cosines of the stored patch at `place` with each of the region's; places come in ascending order.
    mutating func take(_ row: borrowing MutableSpan<Float>, of place: Int) {
        var highest = -Float.infinity
        for index in 0..<row.count {
            let cosine = row[index]
            highest = max(highest, cosine)
            if cosine > cosines[index] { (cosines[index], places[index]) = (cosine, place) }
        }
        resemblance[place] = highest
    }
}

extension PatchFeatures {
    /// Writes the vector of a patch, at length 1; one of zeros stays as it is.
    ///
    /// Unchecked access lets the compiler use vectors; the caller has compared the lengths.
    fileprivate func writeUnitVector(_ patch: Int, to row: inout MutableSpan<Float>) {
        let width = row.count, numbers = values.span.extracting(patch * width..<(patch + 1) * width)
        var square: Int32 = 0
        for index in 0..<width {
            let number = Int32(numbers[unchecked: index])
            square &+= number &* number
        }
        let scale = square == 0 ? 0 : 1 / Float(square).squareRoot()
        for index in 0..<width { row[unchecked: index] = Float(numbers[unchecked: index]) * scale }
    }
}
