import DINO
import Foundation
import Tensors

/// What counts as equal in a precision.
struct ComparisonLimits {
    /// The smallest cosine.
    let cosine: Double
    /// The largest difference, relative to the tensor's largest value.
    let difference: Double
    /// The share of a mask's patches that may differ: ties of attention fall either way.
    let disagreement: Double

    /// The limits of a precision for an output of a name.
    static func of(_ precision: Precision, _ output: String) -> ComparisonLimits {
        switch precision {
        case .fp32: ComparisonLimits(cosine: 0.99999, difference: 2e-4, disagreement: 1e-3)
        case .bf16: ComparisonLimits(cosine: 0.9995, difference: 0.05, disagreement: 0.02)
        case .int8:
            ComparisonLimits(cosine: output == "cls" ? 0.999 : 0.995, difference: 0.2, disagreement: 0.05)
        }
    }
}

/// How far one tensor is from the reference's.
struct Comparison {
    let name: String
    let shape: [Int]
    /// The largest absolute difference over the reference's largest absolute value; for masks the number of patches.
    let difference: Double
    /// The smallest cosine of two rows along the last dimension; for masks nothing.
    let cosine: Double?
    let isEqual: Bool

    /// `computed` beside `expected`, which have one shape.
    init(name: String, computed: Tensor, expected: Tensor, isMask: Bool, limits: ComparisonLimits) {
        self.name = name
        shape = expected.shape
        if isMask {
            let disagreements = zip(computed.scalars, expected.scalars).count { $0 != $1 }
            difference = Double(disagreements)
            cosine = nil
            isEqual = Double(disagreements) <= Double(expected.count) * limits.disagreement
            return
        }
        let largest = expected.scalars.reduce(0) { max($0, abs(Double($1))) }
        let furthest = zip(computed.scalars, expected.scalars).reduce(0.0) { furthest, pair in
            let difference = abs(Double(pair.0) - Double(pair.1))
            return difference.isNaN ? .infinity : max(furthest, difference)
        }
        difference = furthest == 0 ? 0 : furthest / largest
        let cosine = computed.smallestCosine(to: expected)
        self.cosine = cosine
        isEqual = cosine >= limits.cosine && difference <= limits.difference
    }

    static let header =
        "tensor".padded(to: 36) + "shape".padded(to: 18) + "largest Δ".padded(to: 16) + "smallest cosine"

    /// The comparison as a line of the table.
    var line: String {
        let extents = shape.map(String.init).joined(separator: "×")
        let difference = cosine == nil ? "\(Int(self.difference)) patches" : String(format: "%.2e", self.difference)
        let cosine = cosine.map { String(format: "%.9f", $0) } ?? "-"
        return name.padded(to: 36) + extents.padded(to: 18) + difference.padded(to: 16) + cosine
            + (isEqual ? "" : "  differs")
    }
}
