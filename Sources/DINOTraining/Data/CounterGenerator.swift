import Tensors

/// Random numbers that follow from where they are used: the same whatever was drawn before, on however many threads.
///
/// Every key goes through the finaliser of SplitMix64 (Steele, Lea and Flood, 2014) before the next one joins it, so
/// that neighbouring keys begin streams that have nothing in common; the stream is SplitMix64's.
package struct CounterGenerator: Sendable {
    private var stream: SplitMix64

    /// The stream of one place in a training.
    package init(seed: UInt64, epoch: Int, image: Int, crop: Int, step: Int) {
        func absorbing(_ key: Int, _ state: UInt64) -> UInt64 {
            var stream = SplitMix64(seed: state ^ UInt64(truncatingIfNeeded: key))
            return stream.next()
        }
        var first = SplitMix64(seed: seed)
        stream = SplitMix64(seed: [epoch, image, crop, step].reduce(first.next()) { absorbing($1, $0) })
    }

    /// The next 64 bits.
    package mutating func next() -> UInt64 { stream.next() }

    /// A number from 0 to under 1, one of 2^53.
    package mutating func uniform() -> Double { stream.uniform() }

    /// A number from `least` to `largest`.
    package mutating func uniform(_ least: Double, _ largest: Double) -> Double {
        least + uniform() * (largest - least)
    }

    /// A whole number from 0 to under `count`, each equally likely but for `count` in 2^64.
    ///
    /// - Precondition: `count` is positive.
    package mutating func below(_ count: Int) -> Int { stream.below(count) }

    /// The numbers from 0 to under `count` in random order (Fisher and Yates).
    package mutating func permutation(_ count: Int) -> [Int] {
        var order = Array(0..<count)
        for last in stride(from: count - 1, to: 0, by: -1) { order.swapAt(last, below(last + 1)) }
        return order
    }
}
