import Testing
import dino_bench

@Suite struct SpreadTests {
    @Test func hasTheMiddleAndTheEnds() {
        let odd = Spread([3, 1, 2]), even = Spread([4, 1, 2, 3])
        #expect((odd.median, odd.smallest, odd.largest) == (2, 1, 3))
        #expect((even.median, even.smallest, even.largest) == (2.5, 1, 4))
        #expect(Spread([]).median.isNaN)
    }

    @Test func saysItsEndsWhereTheyDiffer() {
        #expect(Spread([20.12, 19.64, 21.6]).text == "20.1 (19.6 to 21.6)")
        #expect(Spread([7]).text == "7.00")
        #expect(Spread([]).text == "")
    }

    @Test(arguments: [
        (0.2134, "0.213"), (0.9996, "1.00"), (9.996, "10.0"), (99.96, "100"), (999.6, "1,000"),
        (1_234_567.8, "1,234,568"),
        (-1778.2, "-1,778"), (-2.5, "-2.50"), (.infinity, ""),
    ])
    func keepsThreeDigits(_ value: Double, _ text: String) {
        #expect(value.short == text)
    }
}
