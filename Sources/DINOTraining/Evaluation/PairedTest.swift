import Foundation

/// Whether two models' right answers to the same questions differ by more than chance: McNemar's exact test.
public struct PairedTest: Sendable, Codable, Equatable {
    /// Questions that only the first answered right.
    public let onlyFirst: Int
    /// Questions that only the second answered right.
    public let onlySecond: Int
    /// The chance of a split at least as uneven if both were equally good, two-sided.
    public let p: Double
    /// Half the width of the 95 % interval of the difference of the shares.
    public let margin: Double

    private enum CodingKeys: String, CodingKey {
        case p, margin
        case onlyFirst = "only_a"
        case onlySecond = "only_b"
    }

    /// The test of two lists of answers, right or wrong.
    ///
    /// - Precondition: as many of both.
    package init(_ first: [Bool], _ second: [Bool]) {
        precondition(first.count == second.count, "answers to other questions")
        onlyFirst = zip(first, second).count { $0 && !$1 }
        onlySecond = zip(first, second).count { !$0 && $1 }
        p = Self.twoSided(onlyFirst, onlySecond)
        let n = Double(max(first.count, 1)), b = Double(onlyFirst), c = Double(onlySecond)
        margin = 1.96 * max(b + c - (b - c) * (b - c) / n, 0).squareRoot() / n
    }

    /// 2·P(X ≤ min(b, c)) for X binomial with b + c throws of a fair coin, 1 at most. Cost: O(min(b, c)).
    static func twoSided(_ b: Int, _ c: Int) -> Double {
        let n = b + c
        guard n > 0 else { return 1 }
        let whole = lgamma(Double(n + 1)) - Double(n) * log(2.0)
        var tail = 0.0
        for k in 0...min(b, c) { tail += exp(whole - lgamma(Double(k + 1)) - lgamma(Double(n - k + 1))) }
        return min(1, 2 * tail)
    }
}
