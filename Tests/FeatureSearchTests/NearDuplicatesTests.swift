import FeatureSearch
import Tensors
import TestSupport
import Testing

@Suite struct NearDuplicatesTests {
    private func made(_ rows: [[Float]]) throws -> (VectorIndex, Vectors) {
        let index = VectorIndex(dimensions: rows[0].count, compute: try Compute(threads: 2), segmentRows: 64)
        let vectors = Vectors()
        for (id, row) in rows.enumerated() { try index.insert(Int64(id), .init(label: 0, vector: row), with: vectors) }
        return (index, vectors)
    }

    /// The connected components of all pairs, as their definition says.
    private func expected(_ vectors: Vectors, above similarity: Float) -> [[Int64]] {
        let all = vectors.all.mapValues(\.vector)
        var clusters: [[Int64]] = []
        for id in all.keys.sorted() {
            guard let vector = all[id] else { continue }
            let near = clusters.indices.filter { index in
                clusters[index].contains { other in
                    all[other].map { Float(Exact.product(vector, $0)) >= similarity } ?? false
                }
            }
            let joined = near.flatMap { clusters[$0] } + [id]
            for index in near.reversed() { clusters.remove(at: index) }
            clusters.append(joined.sorted())
        }
        return clusters.filter { $0.count > 1 }.sorted { $0[0] < $1[0] }
    }

    @Test(arguments: Kind.allCases, [0.3, 0.9, 0.999, 0.99999994, 1] as [Float])
    func findsTheClustersOfAllPairs(_ kind: Kind, _ similarity: Float) throws {
        var generator = SeededGenerator(seed: 11)
        let (index, vectors) = try made((0..<330).map { _ in kind.vector(32, &generator) })
        for id in stride(from: Int64(5), to: 330, by: 7) {
            index.remove(id)
            vectors[id] = nil
        }
        let found = try index.nearDuplicates(above: similarity, source: vectors)
        #expect(found == expected(vectors, above: similarity))
    }

    @Test func aPairAtTheSimilarityItselfCounts() throws {
        var generator = SeededGenerator(seed: 12)
        let (index, vectors) = try made((0..<2).map { _ in Kind.random.vector(48, &generator) })
        let score = Float(Exact.product(vectors[0]?.vector ?? [], vectors[1]?.vector ?? []))
        #expect(try index.nearDuplicates(above: score, source: vectors) == [[0, 1]])
        #expect(try index.nearDuplicates(above: score.nextUp, source: vectors) == [])
    }

    @Test func tellsHowFarItIsAndEndsWhereItIsTold() throws {
        var generator = SeededGenerator(seed: 13)
        let (index, vectors) = try made((0..<200).map { _ in Kind.random.vector(8, &generator) })
        var told: [Int] = []
        _ = try index.nearDuplicates(above: 0.9, source: vectors) { done, total in
            told.append(done)
            #expect(total == 200)
        }
        #expect(told == told.sorted() && told.last == 200)
        struct Stop: Error {}
        #expect(throws: Stop.self) {
            try index.nearDuplicates(above: 0.9, source: vectors) { _, _ in throw Stop() }
        }
        #expect(throws: SearchError.score) { try index.nearDuplicates(above: .nan, source: vectors) }
    }
}
