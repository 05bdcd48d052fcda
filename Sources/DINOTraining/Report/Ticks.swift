import Foundation

/// The marks of an axis: round numbers within a range, and how they are written.
package struct Ticks {
    /// The marks' places.
    package let values: [Double]
    /// What stands at each.
    package let labels: [String]
    /// The power of ten that the labels leave out; 0 for none.
    package let exponent: Int

    /// About `count` marks at multiples of 1, 2 or 5 times a power of ten.
    package static func linear(_ range: ClosedRange<Double>, count: Int) -> Ticks {
        let rough = max((range.upperBound - range.lowerBound) / Double(max(count, 1)), .leastNormalMagnitude)
        let power = pow(10, log10(rough).rounded(.down))
        let step = power * (rough / power < 1.5 ? 1 : rough / power < 3.5 ? 2 : rough / power < 7.5 ? 5 : 10)
        let first = (range.lowerBound / step - 1e-9).rounded(.up),
            last = (range.upperBound / step + 1e-9).rounded(.down)
        // Numbers so large or so close together that a double cannot count the steps between them get one mark.
        guard step.isFinite, step > 0, abs(first) < 1e15, abs(last) < 1e15, last >= first else {
            return Ticks(values: [range.lowerBound], labels: [String(format: "%g", range.lowerBound)], exponent: 0)
        }
        let values = stride(from: first, through: min(last, first + 100), by: 1).map { $0 * step }
        let largest = values.map(abs).max() ?? 0
        let exponent = largest > 0 && largest < 1e-2 ? Int(log10(largest).rounded(.down)) : 0
        let (unit, suffix) =
            largest >= 1e6 ? (1e6, "M") : largest >= 1e4 ? (1e3, "k") : (pow(10, Double(exponent)), "")
        let decimals = max(0, -Int(log10(step / unit * 1.0001).rounded(.down)))
        let labels = values.map { value in
            let text = minus(String(format: "%.\(decimals)f", value / unit))
            return suffix.isEmpty ? text : value == 0 ? "0" : text + suffix
        }
        return Ticks(values: values, labels: labels, exponent: exponent)
    }

    /// The powers of ten, with multiples of them where there are few.
    package static func logarithmic(_ range: ClosedRange<Double>) -> Ticks {
        let low = Int(log10(range.lowerBound).rounded(.down)), high = Int(log10(range.upperBound).rounded(.up))
        let every = max(1, (high - low) / 7)
        let ratio = range.upperBound / range.lowerBound
        let factors = ratio < 8 ? [1.0, 2, 3, 4, 5, 6, 8] : ratio <= 200 ? [1.0, 2, 5] : [1.0]
        var values: [Double] = []
        for power in stride(from: low, through: max(high, low), by: every) {
            values += factors.map { $0 * pow(10, Double(power)) }
        }
        values = values.filter { $0 >= range.lowerBound * 0.9999 && $0 <= range.upperBound * 1.0001 }
        let usesPowers = range.lowerBound < 0.9e-3 || range.upperBound >= 1e6
        return Ticks(values: values, labels: values.map { logarithmicLabel($0, usesPowers) }, exponent: 0)
    }

    private static func logarithmicLabel(_ value: Double, _ usesPowers: Bool) -> String {
        if usesPowers, value < 0.9 || value > 11 {
            let power = Int(log10(value * 1.0001).rounded(.down))
            let factor = Int((value / pow(10, Double(power))).rounded())
            return (factor == 1 ? "" : "\(factor)·") + powerOfTen(power)
        }
        if value >= 1e3 { return String(format: "%gk", value / 1e3) }
        return String(format: value < 1 ? "%g" : "%.0f", value)
    }

    /// 10 to a power, in characters.
    package static func powerOfTen(_ exponent: Int) -> String {
        let digits = Array("⁰¹²³⁴⁵⁶⁷⁸⁹")
        return "10" + (exponent < 0 ? "⁻" : "")
            + String(String(abs(exponent)).compactMap { $0.wholeNumberValue }.map { digits[$0] })
    }

    /// A number with the sign that is as wide as a plus.
    private static func minus(_ text: String) -> String {
        text.hasPrefix("-") ? (Double(text) == 0 ? String(text.dropFirst()) : "−" + text.dropFirst()) : text
    }
}
