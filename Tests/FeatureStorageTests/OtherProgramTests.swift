import FeatureStorage
import Foundation
import TestSupport
import Testing

struct OtherProgramTests {
    let collection: TemporaryCollection
    init() throws { collection = try TemporaryCollection() }

    @Test func aLockOfAnotherProgramIsAnErrorAfterTheTimeout() throws {
        let (store, generation) = try collection.open { $0.busyTimeout = .milliseconds(300) }
        try store.insert(.make(1), generation)
        let other = try OtherProgram(on: collection.path)
        try other.run("BEGIN EXCLUSIVE; UPDATE images SET key = 'theirs';")
        let clock = ContinuousClock.now
        #expect(throws: StorageError.busy(file: collection.path, doing: "storing images")) {
            try store.insert(.make(2), generation)
        }
        #expect(ContinuousClock.now - clock >= .milliseconds(300))
        #expect(try store.count() == 1 && store.image(1)?.key == nil)
        try other.run("ROLLBACK;")
        #expect(try store.insert(.make(2), generation).outcome == .stored)
    }

    @Test func anotherProgramThatIsKilledInATransactionLeavesNoTrace() throws {
        let (first, generation) = try collection.open()
        _ = try first.insert((1...200).map { .make($0, size: 20_000) }, generation: generation)
        try first.close()
        let other = try OtherProgram(on: collection.path)
        // A cache so small that the transaction's pages are in the log before it ends.
        try other.run(
            "PRAGMA cache_size = 5; BEGIN; DELETE FROM images WHERE id > 20; UPDATE originals SET bytes = x'00';")
        #expect(try collection.bytes("-wal").count > 100_000)
        other.kill()
        let (store, _) = try collection.open()
        #expect(try store.count() == 200 && store.findings() == [])
    }

    @Test func aLogThatIsCutAnywhereLosesWholeTransactionsFromItsEnd() throws {
        let (store, generation) = try collection.open()
        for batch in 0..<12 {
            _ = try store.insert(
                (0..<5).map { .make(batch * 5 + $0, key: "\(batch).\($0)", size: 3000) }, generation: generation)
            if (6...9).contains(batch) { _ = try store.remove([Int64(batch - 5)]) }
        }
        let (file, log) = (try collection.bytes(), try collection.bytes("-wal"))
        var generator = SeededGenerator(seed: 3)
        var last = 0
        let cuts = [0, log.count] + (0..<40).map { _ in Int.random(in: 0..<log.count, using: &generator) }
        for cut in cuts.sorted() {
            let copy = try TemporaryCollection()
            try file.write(to: URL(filePath: copy.path))
            try log.prefix(cut).write(to: URL(filePath: copy.path + "-wal"))
            let (restored, _) = try copy.open()
            let batches = try restored.list(ListQuery(limit: 500)).compactMap { $0.key }.filter { $0.hasSuffix(".4") }
                .count
            #expect(try restored.findings() == [])
            #expect(batches >= last)
            last = batches
            try restored.close()
        }
        #expect(last == 12)
        #expect(try store.findings() == [])
    }
}
