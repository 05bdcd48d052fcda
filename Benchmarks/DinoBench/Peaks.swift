import CPeaks
import Foundation
import Tensors

/// The most that this machine does in a second, measured: nothing that computes here can be faster.
struct Peaks: Codable {
    let threads: Int
    /// 10⁹ operations a second of each precision's products that the processor has; by the precision's name.
    private let operations: [String: Double]
    /// 10⁹ bytes a second read from memory.
    let memory: Double

    /// Measures on all threads of a team; half a second for each figure.
    static func measure(on compute: Compute) -> Peaks {
        var operations: [String: Double] = [:]
        for (precision, kind) in [(Precision.fp32, CPEAKS_FP32), (.bf16, CPEAKS_BF16), (.int8, CPEAKS_INT8)] {
            let rate = best(seconds: 0.5) { rounds in
                compute.forEach(compute.threads) { _, _ in _ = cpeaks_multiply(kind, rounds) }
                return Double(compute.threads) * cpeaks_operations(kind, rounds)
            }
            if rate > 0 { operations[precision.rawValue] = rate / 1e9 }
        }
        let part = (256 << 20) / compute.threads / 4096 * 4096
        let numbers = [UInt64](repeating: 1, count: compute.threads * part / 8)
        let memory = best(seconds: 0.5) { _ in
            compute.forEach(compute.threads) { task, _ in
                numbers.withUnsafeBytes { bytes in
                    guard let start = bytes.baseAddress else { return }
                    _ = cpeaks_read(start + task * part, part)
                }
            }
            return Double(compute.threads * part)
        }
        return Peaks(threads: compute.threads, operations: operations, memory: memory / 1e9)
    }

    /// The highest rate of a loop, of as many rounds as take some 10 ms, over an amount of time.
    private static func best(seconds: Double, _ body: (_ rounds: Int) -> Double) -> Double {
        let rounds = 300_000, end = ContinuousClock.now + .seconds(seconds)
        var best = 0.0
        while ContinuousClock.now < end {
            let start = ContinuousClock.now
            let amount = body(rounds)
            guard amount > 0 else { return 0 }
            best = max(best, amount / ((ContinuousClock.now - start) / .seconds(1)))
        }
        return best
    }

    /// 10⁹ operations a second, nil where the processor has no such products.
    func operations(_ precision: Precision) -> Double? { operations[precision.rawValue] }

    /// The part of the peak that so many operations in so many milliseconds are.
    func share(_ count: Double, inMilliseconds time: Double, _ precision: Precision) -> Double? {
        operations(precision).map { count / (time * 1e6) / $0 }
    }
}

extension Double {
    /// A share in hundredths.
    var percent: String { isFinite ? String(format: "%.0f %%", 100 * self) : "" }
}
