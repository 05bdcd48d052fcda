import FeatureAPI
import Testing

@Suite struct WeightedVoteTests {
    @Test func sharesAddUpToOneAndTheLargestComesFirst() {
        let vote = WeightedVote([(0.9, "b"), (0.8, "a"), (0.8, "a")], temperature: 0.07)
        #expect(abs(vote.classes.reduce(0) { $0 + $1.share } - 1) < 1e-12)
        #expect(vote.classes.map(\.label) == ["b", "a"])
        #expect(vote.classes.map(\.neighbors) == [1, 2])
    }

    @Test func ofEqualVotesTheFirstNameWins() {
        #expect(WeightedVote([(0.5, "b"), (0.5, "a")], temperature: 0.07).classes.map(\.label) == ["a", "b"])
    }

    @Test func noTemperatureIsTooLow() {
        let vote = WeightedVote([(0.9, "a"), (-0.9, "b")], temperature: 1e-9)
        #expect(vote.classes.first?.share == 1)
        #expect(WeightedVote([], temperature: 1).classes.isEmpty)
    }
}
