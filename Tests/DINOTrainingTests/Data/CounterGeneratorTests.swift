import DINOTraining
import Testing

@Suite struct CounterGeneratorTests {
    private func generator(_ keys: [Int] = [0, 0, 0, 0, 0]) -> CounterGenerator {
        CounterGenerator(seed: UInt64(keys[0]), epoch: keys[1], image: keys[2], crop: keys[3], step: keys[4])
    }

    @Test func theSameKeysGiveTheSameNumbers() {
        var first = generator([1, 2, 3, 4, 5]), second = generator([1, 2, 3, 4, 5])
        for _ in 0..<100 { #expect(first.next() == second.next()) }
    }

    @Test func everyKeyChangesTheNumbersAndNoTwoKeysAreExchangeable() {
        var seen: Set<UInt64> = []
        for position in 0..<5 {
            for value in 1...50 {
                var keys = [0, 0, 0, 0, 0]
                keys[position] = value
                var stream = generator(keys)
                #expect(seen.insert(stream.next()).inserted, "key \(position) is \(value)")
            }
        }
    }

    /// Neighbours in one key: the first numbers of their streams, and the numbers one further, are uncorrelated.
    @Test(arguments: 0..<5)
    func neighbouringKeysAreUncorrelated(position: Int) {
        let count = 20_000
        let streams = (0...count).map { value in
            var keys = [7, 7, 7, 7, 7]
            keys[position] = value
            var stream = generator(keys)
            return (stream.uniform() - 0.5, stream.uniform() - 0.5)
        }
        // The mean of products of independent numbers of variance 1/12 deviates by 1/12/√n.
        let deviation = 1.0 / 12 / Double(count).squareRoot()
        let pairs = zip(streams, streams.dropFirst())
        let products = [
            pairs.map { $0.0 * $1.0 }, pairs.map { $0.0 * $1.1 }, pairs.map { $0.1 * $1.0 },
            streams.dropLast().map { $0.0 * $0.1 },
        ]
        for product in products {
            let mean = product.reduce(0, +) / Double(count)
            #expect(abs(mean) < 4.5 * deviation, "key \(position)")
        }
    }

    @Test func neighbouringKeysDifferInHalfTheirBits() {
        var ones = 0
        for image in 0..<2000 {
            var first = generator([0, 0, image, 0, 0]), second = generator([0, 0, image + 1, 0, 0])
            ones += (first.next() ^ second.next()).nonzeroBitCount
        }
        // 128,000 fair coins: a standard deviation of 179.
        #expect(abs(ones - 64_000) < 800)
    }

    @Test func numbersAreUniform() {
        var stream = generator()
        var counts = [Int](repeating: 0, count: 10)
        for _ in 0..<100_000 { counts[Int(stream.uniform() * 10)] += 1 }
        for count in counts { #expect(abs(count - 10_000) < 380) }
        for _ in 0..<1000 {
            #expect((2.5..<3.5).contains(stream.uniform(2.5, 3.5)))
            #expect((0..<3).contains(stream.below(3)))
        }
        #expect(stream.below(1) == 0)
    }

    @Test func everyOrderOfThreeIsEquallyLikely() {
        var stream = generator()
        var counts: [[Int]: Int] = [:]
        for _ in 0..<6000 { counts[stream.permutation(3), default: 0] += 1 }
        #expect(counts.count == 6)
        for count in counts.values { #expect(abs(count - 1000) < 120) }
        #expect(stream.permutation(0) == [])
    }
}
