import FeatureSearch
import Testing

struct SearchHitTests {
    @Test func sortsHitsByFallingScoreAndEqualOnesByRisingID() {
        let hits = [SearchHit(id: 3, score: 0.5), SearchHit(id: 2, score: 0.9), SearchHit(id: 1, score: 0.5)]
        #expect(hits.sorted().map(\.id) == [2, 1, 3])
    }
}
