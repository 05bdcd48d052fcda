import FeatureSearch
import Tensors
import TestSupport
import Testing

@Suite struct ExactnessTests {
    static let dimensions = [1, 7, 64, 192, 384, 1000]

    private func made(
        _ kind: Kind, count: Int, dimensions: Int, segmentRows: Int = 128, threads: Int = 2, set: String? = nil
    ) throws -> (VectorIndex, Vectors) {
        let compute = try Compute(threads: threads, instructionSet: set)
        let index = VectorIndex(dimensions: dimensions, compute: compute, segmentRows: segmentRows)
        let vectors = Vectors()
        var generator = SeededGenerator(seed: UInt64(count + dimensions))
        for id in 1...Int64(count) {
            let label = Int32.random(in: 0..<5, using: &generator)
            try index.insert(id, .init(label: label, vector: kind.vector(dimensions, &generator)), with: vectors)
        }
        return (index, vectors)
    }

    private func queries(_ kind: Kind, _ count: Int, _ dimensions: Int, seed: UInt64 = 99) -> [[Float]] {
        var generator = SeededGenerator(seed: seed)
        // Of any length: a search is about directions.
        return (0..<count).map { index in kind.vector(dimensions, &generator).map { $0 * Float(index + 1) } }
    }

    @Test(arguments: Kind.allCases, dimensions)
    func findsWhatComparingEverythingFinds(_ kind: Kind, _ dimensions: Int) throws {
        let (index, vectors) = try made(kind, count: 700, dimensions: dimensions)
        let asked = queries(kind, 5, dimensions) + queries(.random, 4, dimensions)
        for k in [1, 10, 699, 700, 5000] {
            let answer = try index.search(asked, k: k, source: vectors)
            for (query, hits) in zip(asked, answer.hits) { #expect(hits == vectors.search(query, k: k)) }
            for (hits, labels) in zip(answer.hits, answer.labels) {
                #expect(labels == hits.map { vectors[$0.id]?.label })
            }
        }
    }

    @Test(arguments: ["avx512", "avx2", "portable"].filter { (try? Compute(threads: 1, instructionSet: $0)) != nil })
    func everyInstructionSetGivesTheSameAnswer(_ set: String) throws {
        let (index, vectors) = try made(.clustered, count: 500, dimensions: 100, set: set)
        let asked = queries(.clustered, 70, 100)
        let answer = try index.search(asked, k: 7, source: vectors)
        #expect(answer.hits == asked.map { vectors.search($0, k: 7) })
    }

    @Test(arguments: [Kind.random, .nearTies], [-1, -0.2, 0, 0.1, 0.5, 1, 2] as [Float])
    func leavesOutWhatIsUnderTheLowestScore(_ kind: Kind, _ least: Float) throws {
        let (index, vectors) = try made(kind, count: 300, dimensions: 24)
        let asked = queries(kind, 3, 24)
        let answer = try index.search(asked, k: 50, minimumScore: least, source: vectors)
        #expect(answer.hits == asked.map { vectors.search($0, k: 50, minimumScore: least) })
    }

    @Test func aLowestScoreThatIsAHitsOwnKeepsIt() throws {
        let (index, vectors) = try made(.random, count: 200, dimensions: 64)
        let query = queries(.random, 1, 64)[0]
        for hit in vectors.search(query, k: 20) {
            let answer = try index.search([query], k: 200, minimumScore: hit.score, source: vectors)
            #expect(answer.hits[0].last == hit)
        }
    }

    @Test func equalVectorsComeBySmallerIDs() throws {
        let compute = try Compute(threads: 2), vectors = Vectors()
        let index = VectorIndex(dimensions: 32, compute: compute, segmentRows: 64)
        let vector = queries(.random, 1, 32)[0]
        for id in (1...500).reversed() { try index.insert(Int64(id), .init(label: 0, vector: vector), with: vectors) }
        #expect(try index.search([vector], k: 10, source: vectors).hits[0].map(\.id) == Array(1...10))
    }

    @Test func anEmptyIndexFindsNothing() throws {
        let index = VectorIndex(dimensions: 3, compute: try Compute(threads: 2))
        let answer = try index.search([[1, 2, 3], [0, 0, 1]], k: 5, source: Vectors())
        #expect(answer.hits == [[], []] && answer.labels == [[], []])
        #expect(try index.search([], k: 5, source: Vectors()).hits == [])
        #expect(index.count == 0 && index.residentBytes == 0)
    }

    @Test func readsFewVectorsInFloat32() throws {
        let (index, vectors) = try made(.random, count: 20_000, dimensions: 64, segmentRows: 4096)
        let answer = try index.search(queries(.random, 8, 64), k: 10, source: vectors)
        #expect(answer.reranked == vectors.vectorsRead)
        #expect((8 * 10...8 * 16).contains(answer.reranked))
        #expect(answer.candidates >= answer.reranked)
    }
}
