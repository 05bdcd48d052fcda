import DINOTraining
import Testing

@Suite struct TicksTests {
    @Test func marksAreRoundNumbersWithinTheRange() {
        let ticks = Ticks.linear(0...7.62, count: 5)
        #expect(ticks.values == [0, 2, 4, 6])
        #expect(ticks.labels == ["0", "2", "4", "6"])
        #expect(Ticks.linear(6.9...7.7, count: 5).labels == ["7.0", "7.2", "7.4", "7.6"])
        #expect(Ticks.linear(0...500_000, count: 5).labels == ["0", "100k", "200k", "300k", "400k", "500k"])
        #expect(Ticks.linear(0...2e6, count: 4).labels == ["0", "0.5M", "1.0M", "1.5M", "2.0M"])
        #expect(Ticks.linear(0...8000, count: 4).labels == ["0", "2000", "4000", "6000", "8000"])
        #expect(Ticks.linear(-1...1, count: 4).labels == ["−1.0", "−0.5", "0.0", "0.5", "1.0"])
    }

    @Test func smallNumbersLeaveTheirPowerOfTenToTheAxis() {
        let ticks = Ticks.linear(0...0.0005, count: 5)
        #expect(ticks.labels == ["0", "1", "2", "3", "4", "5"])
        #expect(ticks.exponent == -4)
        #expect(Ticks.powerOfTen(-12) == "10⁻¹²")
    }

    @Test func logarithmicMarksArePowersOfTen() {
        #expect(Ticks.logarithmic(0.001...100).labels == ["0.001", "0.01", "0.1", "1", "10", "100"])
        #expect(Ticks.logarithmic(1e-6...1e-3).labels == ["10⁻⁶", "10⁻⁵", "10⁻⁴", "10⁻³"])
        #expect(Ticks.logarithmic(20...800).labels == ["20", "50", "100", "200", "500"])
    }

    @Test(arguments: [0.0...0.0, 5...5, -3...(-3), 1e-300...1e300, -1e12...1e12])
    func strangeRangesHaveMarks(_ range: ClosedRange<Double>) {
        let ticks = Ticks.linear(range, count: 5)
        #expect(!ticks.values.isEmpty && ticks.values.count <= 101)
        #expect(ticks.values.count == ticks.labels.count)
    }
}
