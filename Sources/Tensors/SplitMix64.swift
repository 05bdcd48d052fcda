/// The generator of random numbers of Steele, Lea and Flood (2014): the same stream for a seed on every machine.
package struct SplitMix64: Sendable {
    /// The odd number that is nearest to 2^64 over the golden ratio.
    private static let gamma: UInt64 = 0x9E37_79B9_7F4A_7C15
    private var state: UInt64

    /// The stream of a seed.
    package init(seed: UInt64) { state = seed }

    /// The next 64 bits.
    package mutating func next() -> UInt64 {
        state &+= Self.gamma
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }

    /// A number from 0 to under 1, one of 2^53.
    package mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }

    /// A whole number from 0 to under `count`, each equally likely but for `count` in 2^64.
    ///
    /// - Precondition: `count` is positive.
    package mutating func below(_ count: Int) -> Int {
        precondition(count > 0, "a number below \(count)")
        return Int(next().multipliedFullWidth(by: UInt64(count)).high)
    }
}
