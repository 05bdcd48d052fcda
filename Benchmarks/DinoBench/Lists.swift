import ArgumentParser
import Tensors

/// Options that are lists, separated by commas.
enum Lists {
    /// Numbers within a range.
    static func numbers(_ text: String, of option: String, in range: ClosedRange<Int>) throws -> [Int] {
        try text.split(separator: ",").map {
            guard let number = Int($0), range.contains(number) else {
                throw ValidationError(
                    "\(option) \(text): write numbers from \(range.lowerBound) to \(range.upperBound), with commas between"
                )
            }
            return number
        }
    }

    /// Precisions that the processor has.
    static func precisions(_ text: String, on compute: Compute) throws -> [Precision] {
        try text.split(separator: ",").map {
            guard let precision = Precision(rawValue: String($0)), compute.supports(precision) else {
                throw ValidationError(
                    "--precisions \(text): this processor has "
                        + Precision.allCases.filter(compute.supports).map(\.rawValue).joined(separator: ", "))
            }
            return precision
        }
    }
}

extension Precision {
    /// The place in a table: the most exact first.
    var order: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}
