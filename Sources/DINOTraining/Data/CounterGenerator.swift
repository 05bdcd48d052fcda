/// Random numbers that follow from where they are used: the same whatever was drawn before, on however many threads.
///
/// Every key goes through the finaliser of SplitMix64 (Steele, Lea and Flood, 2014) before the next one joins it, so
/// that neighbouring keys begin streams that have nothing in common; the stream is SplitMix64's.
package struct CounterGenerator: Sendable {
    /// The odd number that is nearest to 2^64 over the golden ratio.
    private static let gamma: UInt64 = 0x9E37_79B9_7F4A_7C15
    private var state: UInt64

    /// The stream of one place in a training.
    package init(seed: UInt64, epoch: Int, image: Int, crop: Int, step: Int) {
        state = Self.mix(seed &+ Self.gamma)
        absorb(epoch)
        absorb(image)
        absorb(crop)
        absorb(step)
    }

    private mutating func absorb(_ key: Int) {
        state = Self.mix((state ^ UInt64(truncatingIfNeeded: key)) &+ Self.gamma)
    }

    private static func mix(_ value: UInt64) -> UInt64 {
        var mixed = value
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }

    /// The next 64 bits.
    package mutating func next() -> UInt64 {
        state &+= Self.gamma
        return Self.mix(state)
    }

    /// A number from 0 to under 1, one of 2^53.
    package mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }

    /// A number from `least` to `largest`.
    package mutating func uniform(_ least: Double, _ largest: Double) -> Double {
        least + uniform() * (largest - least)
    }

    /// A whole number from 0 to under `count`, each equally likely but for `count` in 2^64.
    ///
    /// - Precondition: `count` is positive.
    package mutating func below(_ count: Int) -> Int {
        precondition(count > 0, "a number below \(count)")
        return Int(next().multipliedFullWidth(by: UInt64(count)).high)
    }

    /// The numbers from 0 to under `count` in random order (Fisher and Yates).
    package mutating func permutation(_ count: Int) -> [Int] {
        var order = Array(0..<count)
        for last in stride(from: count - 1, to: 0, by: -1) { order.swapAt(last, below(last + 1)) }
        return order
    }
}
