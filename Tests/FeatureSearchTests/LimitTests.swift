import FeatureSearch
import Synchronization
import Tensors
import TestSupport
import Testing

/// What keeps a search from going on without end, or from taking memory without end.
struct LimitTests {
    /// A source that loses whatever it is asked for.
    private final class Vanishing: VectorSource {
        let asked = Mutex(0)

        func vectors(of ids: [Int64]) -> [Int64: [Float]] {
            asked.withLock { $0 += 1 }
            return [:]
        }
    }

    @Test func aSearchWhoseVectorsVanishEndsWithAnErrorThatSaysSo() throws {
        let index = VectorIndex(dimensions: 8, compute: try Compute(threads: 1))
        var generator = SeededGenerator(seed: 1)
        for id in 1...20_000 { try index.insert(id: Int64(id), label: 0, vector: Kind.random.vector(8, &generator)) }
        let source = Vanishing()
        #expect(throws: SearchError.vanished) {
            try index.search([Kind.random.vector(8, &generator)], k: 1, source: source)
        }
        #expect((1...400).contains(source.asked.withLock { $0 }))
    }

    @Test func aSearchFindsWhatIsLeftWhereItsNearestWereDeleted() throws {
        let vectors = Vectors()
        let index = VectorIndex(dimensions: 8, compute: try Compute(threads: 1))
        var generator = SeededGenerator(seed: 3)
        let query = Kind.random.vector(8, &generator)
        for id in 1...5000 {
            let row = Vectors.Row(label: 0, vector: Kind.random.vector(8, &generator))
            try index.insert(Int64(id), row, with: vectors)
        }
        for hit in vectors.search(query, k: 400) { vectors[hit.id] = nil }
        let answer = try index.search([query], k: 10, source: vectors)
        #expect(answer.hits == [vectors.search(query, k: 10)])
    }

    @Test(arguments: [0, 10, 700]) func equalVectorsAreSearchedForFewerQueriesAtATime(mostCandidates: Int) throws {
        let compute = try Compute(threads: 2), vectors = Vectors()
        let index = VectorIndex(
            dimensions: 16, compute: compute, segmentRows: 64, mostCandidates: mostCandidates)
        var generator = SeededGenerator(seed: 2)
        for id in 1...500 {
            let kind = id.isMultiple(of: 3) ? Kind.random : .duplicates
            try index.insert(Int64(id), .init(label: 0, vector: kind.vector(16, &generator)), with: vectors)
        }
        let queries = (0..<11).map { _ in Kind.duplicates.vector(16, &generator) }
        let answer = try index.search(queries, k: 20, source: vectors)
        #expect(answer.hits == queries.map { vectors.search($0, k: 20) })
        #expect(answer.labels.count == 11)
    }
}
