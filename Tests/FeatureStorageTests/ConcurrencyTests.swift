import Dispatch
import FeatureStorage
import Synchronization
import Testing

struct ConcurrencyTests {
    let collection: TemporaryCollection
    let store: FeatureStore
    let generation: Int64

    init() throws {
        collection = try TemporaryCollection()
        (store, generation) = try collection.open()
    }

    /// Runs the closures at the same time, each on a thread; the errors they threw.
    private func together(_ closures: [@Sendable () throws -> Void]) -> [any Error] {
        let errors = Mutex([any Error]())
        DispatchQueue.concurrentPerform(iterations: closures.count) { index in
            do { try closures[index]() } catch { errors.withLock { $0.append(error) } }
        }
        return errors.withLock { $0 }
    }

    @Test func readersSeeWholeTransactionsOnly() throws {
        let isDone = Atomic(false)
        let errors = together([
            { [store, generation] in
                defer { isDone.store(true, ordering: .releasing) }
                for batch in 0..<60 {
                    let images = (0..<5).map { NewImage.make(batch * 5 + $0, label: "\(batch)") }
                    let ids = try store.insert(images, generation: generation).map(\.image.id)
                    if batch.isMultiple(of: 3) { _ = try store.remove(ids) }
                }
            },
            { [store] in
                while !isDone.load(ordering: .acquiring) {
                    let (count, labels) = (try store.count(), try store.labels())
                    #expect(count.isMultiple(of: 5) && labels.allSatisfy { $0.count == 5 })
                }
            },
            { [store, generation] in
                while !isDone.load(ordering: .acquiring) {
                    var count = 0
                    try store.forEachVector(of: generation) { _, _, _ in count += 1 }
                    #expect(count.isMultiple(of: 5))
                    #expect(try store.findings() == [])
                }
            },
        ])
        #expect(errors.isEmpty)
        #expect(try store.count() == 200)
    }

    @Test func ofManyWritersOnOneKeyOneIsLast() throws {
        let outcomes = Mutex([Insertion]())
        let errors = together(
            (0..<12).map { number in
                { [store, generation] in
                    let insertion = try store.insert(.make(number, key: "a"), generation)
                    outcomes.withLock { $0.append(insertion) }
                }
            })
        #expect(errors.isEmpty)
        let insertions = outcomes.withLock { $0 }
        let replaced = insertions.compactMap { if case .replaced(let id) = $0.outcome { id } else { nil } }
        #expect(insertions.filter { $0.outcome == .stored }.count == 1 && Set(replaced).count == 11)
        #expect(try store.count() == 1 && store.findings() == [])
    }

    @Test func closingWaitsForWhatIsUnderWay() throws {
        let stored = Atomic(0)
        let errors = together(
            (0..<4).map { part in
                { [store, generation] in
                    for number in 0..<200 {
                        try store.insert(.make(part * 200 + number), generation)
                        stored.add(1, ordering: .relaxed)
                        if part == 0, number == 20 { try store.close() }
                    }
                }
            })
        #expect(errors.allSatisfy { $0 as? StorageError == .closed(file: collection.path) })
        let (again, _) = try collection.open()
        #expect(try again.count() == stored.load(ordering: .relaxed) && again.findings() == [])
    }
}
