import Testing
import dino_bench

@Suite struct FiguresTests {
    private func figures(_ rounds: [String: [Double]]) -> Figures<String> {
        var figures = Figures<String>()
        for (key, values) in rounds {
            for value in values { figures.add(value, for: key) }
        }
        return figures
    }

    @Test func takesARatioWithinEachRound() throws {
        // The second round was disturbed for both, the third for theirs alone: medians over all would say 3.
        let ratio = try #require(figures(["ours": [10, 40, 10], "theirs": [20, 80, 30]]).ratio("theirs", to: "ours"))
        #expect((ratio.median, ratio.smallest, ratio.largest) == (2, 2, 3))
    }

    @Test(arguments: [["theirs": [1.0]], ["ours": [1, 2], "theirs": [1]], ["ours": [0], "theirs": [1]]])
    func hasNoRatioWithoutTheOther(_ rounds: [String: [Double]]) {
        #expect(figures(rounds).ratio("theirs", to: "ours") == nil)
    }
}
