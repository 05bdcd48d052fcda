import FeatureSearch
import Foundation
import Synchronization
import Tensors
import TestSupport
import Testing

@Suite struct ConcurrencyTests {
    /// A source that still has what is deleted, so that an answer shows what its snapshot held.
    @Test func everyAnswerIsThatOfOneMoment() async throws {
        let compute = try Compute(threads: 2), vectors = Vectors()
        let index = VectorIndex(dimensions: 24, compute: compute, segmentRows: 64)
        var generator = SeededGenerator(seed: 6)
        let query = Kind.random.vector(24, &generator)
        let rows = (0..<2400).map { _ in Kind.random.vector(24, &generator) }
        // One writer adds i and then removes i - 200: at each moment the ids are a run of 200 or 201.
        for id in 0..<200 { try index.insert(Int64(id), .init(label: 0, vector: rows[id]), with: vectors) }
        let isOver = Flag()
        try await withThrowingTaskGroup(of: Int.self) { group in
            group.addTask {
                try await onThread {
                    for id in 200..<2400 {
                        try index.insert(Int64(id), .init(label: 0, vector: rows[id]), with: vectors)
                        index.remove(Int64(id - 200))
                    }
                    isOver.raise()
                    return 1
                }
            }
            for _ in 0..<3 {
                group.addTask {
                    try await onThread {
                        var searches = 0
                        repeat {
                            let hits = try index.search([query], k: 1000, source: vectors).hits[0]
                            let ids = hits.map(\.id).sorted()
                            let first = try #require(ids.first)
                            #expect(ids == Array(first..<first + Int64(ids.count)))
                            #expect(ids.count == 200 || ids.count == 201)
                            searches += 1
                        } while !isOver.isRaised
                        return searches
                    }
                }
            }
            for try await count in group { #expect(count > 0) }
        }
        #expect(index.count == 200)
    }

    @Test func anInsertedVectorIsFoundByTheNextSearch() async throws {
        let compute = try Compute(threads: 2), vectors = Vectors()
        let index = VectorIndex(dimensions: 12, compute: compute, segmentRows: 32)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for writer in 0..<4 {
                group.addTask {
                    try await onThread {
                        var generator = SeededGenerator(seed: UInt64(writer))
                        for step in 0..<100 {
                            let id = Int64(4 * step + writer), vector = Kind.random.vector(12, &generator)
                            try index.insert(id, .init(label: 0, vector: vector), with: vectors)
                            let found = try index.search([vector], k: 1, source: vectors).hits[0]
                            #expect(found.map(\.id) == [id])
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(index.count == 400)
    }
}

private final class Flag: Sendable {
    private let state = Mutex(false)
    var isRaised: Bool { state.withLock { $0 } }
    func raise() { state.withLock { $0 = true } }
}

/// Runs blocking work on a thread of its own.
private func onThread<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
        Thread.detachNewThread { continuation.resume(with: Result(catching: body)) }
    }
}
