import DINOTraining
import Testing

@Suite struct PairedTestTests {
    private func test(both: Int, onlyFirst: Int, onlySecond: Int, neither: Int) -> PairedTest {
        func answers(_ first: Bool, _ second: Bool, _ count: Int) -> [(Bool, Bool)] {
            [(Bool, Bool)](repeating: (first, second), count: count)
        }
        let all =
            answers(true, true, both) + answers(true, false, onlyFirst) + answers(false, true, onlySecond)
            + answers(false, false, neither)
        return PairedTest(all.map(\.0), all.map(\.1))
    }

    /// 2·(1 + 12 + 66) / 2¹²
    @Test func theChanceIsTheBinomialTail() {
        let found = test(both: 50, onlyFirst: 10, onlySecond: 2, neither: 38)
        #expect((found.onlyFirst, found.onlySecond) == (10, 2))
        #expect(abs(found.p - 158.0 / 4096) < 1e-12)
    }

    @Test func equalAnswersDifferByChanceAlone() {
        #expect(test(both: 5, onlyFirst: 0, onlySecond: 0, neither: 5).p == 1)
        #expect(test(both: 5, onlyFirst: 7, onlySecond: 7, neither: 5).p == 1)
        #expect(test(both: 5, onlyFirst: 0, onlySecond: 0, neither: 5).margin == 0)
    }

    @Test func thousandsOfAnswersGiveAFiniteChance() {
        let found = test(both: 0, onlyFirst: 5200, onlySecond: 4800, neither: 0)
        #expect(found.p > 1e-5 && found.p < 1e-4)
    }
}
