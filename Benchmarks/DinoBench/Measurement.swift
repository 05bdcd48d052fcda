import Foundation

/// The median, smallest and largest of repeated measurements.
package struct Spread: Codable {
    package let median, smallest, largest: Double

    package init(_ values: [Double]) {
        let sorted = values.sorted()
        median = sorted.isEmpty ? .nan : (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
        smallest = sorted.first ?? .nan
        largest = sorted.last ?? .nan
    }

    /// The median, and in parentheses the ends where they differ.
    package var text: String {
        smallest == largest || median.isNaN ? median.short : "\(median.short) (\(smallest.short) to \(largest.short))"
    }
}

/// The median time of a call in milliseconds, after two that do not count.
func medianMilliseconds(runs: Int, _ body: () throws -> Void) rethrows -> Double {
    try body()
    try body()
    let clock = ContinuousClock()
    let times = try (0..<runs).map { _ in
        let time = try clock.measure(body)
        return Double(time.components.attoseconds) * 1e-15 + Double(time.components.seconds) * 1e3
    }
    return Spread(times).median
}

/// Milliseconds that a call took by the clock, and of its thread's processor.
struct CallTimes {
    let wall, processor: Double
}

/// The median times of a call in milliseconds, by the clock and of this thread's processor, after two that do not count.
func medianTimes(runs: Int, _ body: () throws -> Void) rethrows -> CallTimes {
    try body()
    try body()
    let times = try (0..<runs).map { _ in
        let (start, busy) = (milliseconds(of: CLOCK_MONOTONIC), milliseconds(of: CLOCK_THREAD_CPUTIME_ID))
        try body()
        return CallTimes(
            wall: milliseconds(of: CLOCK_MONOTONIC) - start,
            processor: milliseconds(of: CLOCK_THREAD_CPUTIME_ID) - busy)
    }
    return CallTimes(wall: Spread(times.map(\.wall)).median, processor: Spread(times.map(\.processor)).median)
}

private func milliseconds(of clock: clockid_t) -> Double {
    var time = timespec()
    clock_gettime(clock, &time)
    return Double(time.tv_sec) * 1e3 + Double(time.tv_nsec) * 1e-6
}

/// Prints a value as one line of JSON.
func printLine(_ value: some Encodable) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    print(String(decoding: try encoder.encode(value), as: UTF8.self))
    fflush(nil)
}
