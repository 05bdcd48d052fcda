import CPeaks
import Foundation
import Synchronization
import Tensors

/// The most that this machine does in a second, measured: nothing that computes here can be faster.
struct Peaks: Encodable {
    let threads: Int
    /// 10⁹ operations a second of each precision's products that the processor has; by the precision's name.
    private let operations: [String: Double]
    /// 10⁹ bytes a second read from memory.
    let memory: Double

    enum CodingKeys: String, CodingKey {
        case threads
        case operations = "peak_gop_per_s"
        case memory = "memory_gb_per_s"
    }

    /// Measures on all threads of a team; a second for each figure.
    static func measure(on compute: Compute) -> Peaks {
        var operations: [String: Double] = [:]
        for (precision, kind) in [(Precision.fp32, CPEAKS_FP32), (.bf16, CPEAKS_BF16), (.int8, CPEAKS_INT8)]
        where cpeaks_operations(kind, 1) > 0 {
            operations[precision.rawValue] = multiplied(kind, on: compute) / 1e9
        }
        return Peaks(threads: compute.threads, operations: operations, memory: read(on: compute) / 1e9)
    }

    /// Operations a second of all threads at once: the sum of each one's best half millisecond, which neighbours disturb
    /// least.
    private static func multiplied(_ kind: cpeaks_kind, on compute: Compute) -> Double {
        let rounds = 300_000, sum = Mutex(0.0)
        compute.forEach(compute.threads) { _, _ in
            let rate = best(seconds: 1, amount: cpeaks_operations(kind, rounds)) { _ = cpeaks_multiply(kind, rounds) }
            sum.withLock { $0 += rate }
        }
        return sum.withLock { $0 }
    }

    /// Bytes a second that all threads read at once: the sum of each one's best piece. A thread reads its own part of what
    /// no cache holds, piece by piece and again from the start, so that a piece comes from memory each time.
    private static func read(on compute: Compute) -> Double {
        let piece = 4 << 20, pieces = max(1, (256 << 20) / compute.threads / piece), part = pieces * piece
        let numbers = [UInt64](repeating: 1, count: compute.threads * part / 8), sum = Mutex(0.0)
        compute.forEach(compute.threads) { task, _ in
            numbers.withUnsafeBytes { bytes in
                guard let start = bytes.baseAddress else { return }
                var next = 0
                let rate = best(seconds: 1, amount: Double(piece)) {
                    _ = cpeaks_read(start + task * part + next * piece, piece)
                    next = (next + 1) % pieces
                }
                sum.withLock { $0 += rate }
            }
        }
        return sum.withLock { $0 }
    }

    /// The highest rate of a call that does so much, over an amount of time.
    private static func best(seconds: Double, amount: Double, _ body: () -> Void) -> Double {
        let clock = ContinuousClock(), end = clock.now + .seconds(seconds)
        var least = Duration.seconds(seconds)
        while clock.now < end { least = min(least, clock.measure(body)) }
        return amount / (least / .seconds(1))
    }

    /// 10⁹ operations a second, nil where the processor has no such products.
    func operations(_ precision: Precision) -> Double? { operations[precision.rawValue] }

    /// The part of the peak that so many operations in so many milliseconds are.
    func share(_ count: Double, inMilliseconds time: Double, _ precision: Precision) -> Double? {
        operations(precision).map { count / (time * 1e6) / $0 }
    }

    /// 10⁹ operations a second that memory and multipliers allow where so many are done for each byte moved; nil where the
    /// multipliers' peak is not known.
    func limit(_ intensity: Double, _ precision: Precision) -> Double? {
        operations(precision).map { min($0, memory * intensity) }
    }
}

extension Double {
    /// A share in hundredths.
    var percent: String { isFinite ? String(format: "%.0f %%", 100 * self) : "" }
}
