import FeatureSearch
import Tensors
import TestSupport
import Testing

@Suite struct VectorIndexTests {
    private func empty(_ dimensions: Int, segmentRows: Int = 64) throws -> VectorIndex {
        VectorIndex(dimensions: dimensions, compute: try Compute(threads: 2), segmentRows: segmentRows)
    }

    @Test func staysExactThroughInsertsRemovalsAndReplacements() throws {
        let index = try empty(40), vectors = Vectors()
        var generator = SeededGenerator(seed: 8), next: Int64 = 1
        for step in 0..<3000 {
            switch Int.random(in: 0..<10, using: &generator) {
            case 0..<5:
                try index.insert(next, .init(label: 0, vector: Kind.clustered.vector(40, &generator)), with: vectors)
                next += 1
            case 5..<9:
                let id = Int64.random(in: 1...next, using: &generator)
                #expect(index.remove(id) == (vectors[id] != nil))
                vectors[id] = nil
            default:
                let id = Int64.random(in: 1...next, using: &generator)
                guard vectors[id] != nil else { continue }
                try index.insert(id, .init(label: 1, vector: Kind.clustered.vector(40, &generator)), with: vectors)
            }
            guard step % 150 == 0 else { continue }
            #expect(index.count == vectors.all.count)
            let query = Kind.clustered.vector(40, &generator)
            let answer = try index.search([query], k: 20, source: vectors)
            #expect(answer.hits[0] == vectors.search(query, k: 20))
        }
    }

    @Test func givesBackTheRoomOfTheRemoved() throws {
        let index = try empty(64, segmentRows: 256)
        var generator = SeededGenerator(seed: 3)
        for id in 1...4096 { try index.insert(id: Int64(id), label: 0, vector: Kind.random.vector(64, &generator)) }
        let full = index.residentBytes
        #expect((4096 * 150..<4096 * 200).contains(full))
        for id in 1...4096 where id % 4 != 0 { index.remove(Int64(id)) }
        #expect(index.count == 1024)
        #expect(index.residentBytes < full / 2)
        for id in 1...4096 { index.remove(Int64(id)) }
        #expect(index.count == 0)
        #expect(index.residentBytes < full / 10)
    }

    @Test func refusesWhatIsNoUnitVectorOfItsLength() throws {
        let index = try empty(3)
        #expect(throws: SearchError.length(count: 2, dimensions: 3)) {
            try index.insert(id: 1, label: 0, vector: [1, 0])
        }
        #expect(throws: SearchError.notFinite) { try index.insert(id: 1, label: 0, vector: [.nan, 0, 1]) }
        #expect(throws: SearchError.notFinite) { try index.insert(id: 1, label: 0, vector: [1, .infinity, 0]) }
        #expect(throws: SearchError.notUnit(length: 2)) { try index.insert(id: 1, label: 0, vector: [0, 2, 0]) }
        #expect(throws: SearchError.notUnit(length: 0)) { try index.insert(id: 1, label: 0, vector: [0, 0, 0]) }
        #expect(index.count == 0)
    }

    @Test func refusesQueriesThatHaveNoAnswer() throws {
        let index = try empty(3), vectors = Vectors()
        try index.insert(1, .init(label: 0, vector: [1, 0, 0]), with: vectors)
        #expect(throws: SearchError.length(count: 4, dimensions: 3)) {
            try index.search([[1, 0, 0, 0]], k: 1, source: vectors)
        }
        #expect(throws: SearchError.notFinite) { try index.search([[1, .nan, 0]], k: 1, source: vectors) }
        #expect(throws: SearchError.noDirection) { try index.search([[0, 0, 0]], k: 1, source: vectors) }
        #expect(throws: SearchError.hits(0)) { try index.search([[1, 0, 0]], k: 0, source: vectors) }
        #expect(throws: SearchError.hits(-4)) { try index.search([[1, 0, 0]], k: -4, source: vectors) }
        #expect(throws: SearchError.score) {
            try index.search([[1, 0, 0]], k: 1, minimumScore: .nan, source: vectors)
        }
        // Far from length 1, but with a direction.
        for scale in [Float.leastNonzeroMagnitude, 1e-30, 1e30, .greatestFiniteMagnitude] {
            #expect(try index.search([[scale, 0, 0]], k: .max, source: vectors).hits == [[SearchHit(id: 1, score: 1)]])
        }
    }

    @Test func refusesASourceOfAnotherLength() throws {
        let index = try empty(3), vectors = Vectors()
        try index.insert(id: 1, label: 0, vector: [1, 0, 0])
        vectors[1] = .init(label: 0, vector: [1, 0])
        #expect(throws: SearchError.length(count: 2, dimensions: 3)) {
            try index.search([[1, 0, 0]], k: 1, source: vectors)
        }
    }

    @Test func whatTheSourceHasNoMoreMakesRoomForTheNext() throws {
        let index = try empty(16), vectors = Vectors()
        var generator = SeededGenerator(seed: 5)
        for id in 1...300 {
            try index.insert(Int64(id), .init(label: 0, vector: Kind.random.vector(16, &generator)), with: vectors)
        }
        let query = Kind.random.vector(16, &generator)
        // Gone from the source, not yet from the index.
        for hit in vectors.search(query, k: 25) { vectors[hit.id] = nil }
        let answer = try index.search([query], k: 10, source: vectors)
        #expect(answer.hits[0] == vectors.search(query, k: 10))
    }
}
