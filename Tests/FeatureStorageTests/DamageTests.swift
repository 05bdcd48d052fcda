import FeatureStorage
import Foundation
import TestSupport
import Testing

struct DamageTests {
    let collection: TemporaryCollection

    /// A collection of forty images, closed.
    init() throws {
        collection = try TemporaryCollection()
        let (store, generation) = try collection.open()
        _ = try store.insert(
            (1...40).map { number in
                .make(
                    number, key: "k\(number)", label: "cat", metadata: #"{"x":\#(number)}"#, size: 30_000,
                    features: .make(Float(number) / 100, patches: true))
            }, generation: generation)
        try store.close()
    }

    private func overwrite(_ position: Int, with bytes: [UInt8]) throws {
        let file = try FileHandle(forUpdating: URL(filePath: collection.path))
        try file.seek(toOffset: UInt64(position))
        try file.write(contentsOf: bytes)
        try file.close()
    }

    /// Calls all that reads; each may fail with an error of its type, which says what to do.
    private func readEverything() throws {
        let store = try FeatureStore.open(collection.path)
        defer { try? store.close() }
        let reads: [() throws -> Void] = [
            { for id in 1...40 { _ = (try store.image(Int64(id)), try store.original(Int64(id))) } },
            { for id in 1...40 { _ = (try store.thumbnail(Int64(id)), try store.image(key: "k\(id)")) } },
            { _ = (try store.list(ListQuery(limit: 500)), try store.labels(), try store.metadataNames(among: ["x"])) },
            { _ = try store.ids(matching: ImageFilter(metadata: [.init("x", .exists(true))])) },
            { try store.forEachVector(of: 1) { _, _, _ in } },
            { _ = try store.patches(of: Array(1...40), generation: 1) },
            { _ = try store.insert(.make(100), 1) },
            { _ = try store.remove([3]) },
            { _ = try store.findings() },
        ]
        for read in reads {
            do { try read() } catch { #expect(error is StorageError, "\(error)") }
        }
    }

    @Test func aChangedByteOfAnOriginalIsFound() throws {
        let content = Data(repeating: 7, count: 2000)
        let range = try #require(try collection.bytes().range(of: content))
        try overwrite(range.lowerBound + 1000, with: [8])
        let findings = try FeatureStore.open(collection.path).findings()
        #expect(findings.count == 1 && findings[0].contains("The file of image 7 is not the one with hash"))
    }

    @Test func aChangedByteOfAVectorIsFound() throws {
        let vector = ImageFeatures.make(0.11).cls.withUnsafeBytes { Data($0) }
        let range = try #require(try collection.bytes().range(of: vector))
        try overwrite(range.lowerBound + 3, with: [0])
        let findings = try FeatureStore.open(collection.path).findings()
        #expect(findings.count == 1 && findings[0].contains("The feature of image 11 under generation 1 has a length"))
    }

    @Test func aDamagedPageIsAnErrorThatSaysSo() throws {
        let vector = ImageFeatures.make(0.11).cls.withUnsafeBytes { Data($0) }
        let range = try #require(try collection.bytes().range(of: vector))
        try overwrite(range.lowerBound / 16384 * 16384, with: Array(repeating: 0x5A, count: 200))
        let store = try FeatureStore.open(collection.path)
        let error = try #require(throws: StorageError.self) { try store.forEachVector(of: 1) { _, _, _ in } }
        guard case .corrupt(collection.path, _, _) = error else { return #expect("\(error)" == "corrupt") }
        #expect("\(error)".contains("dino-server check"))
        #expect(try store.image(11)?.key == "k11")
        #expect(try store.findings().contains { $0.contains("damaged") })
    }

    @Test func aFileCutShortIsAnErrorOrAFinding() throws {
        let length = try collection.length()
        for share in [2, 3, 10, 40] {
            try FileHandle(forUpdating: URL(filePath: collection.path)).truncate(atOffset: UInt64(length / share))
            do {
                let store = try FeatureStore.open(collection.path)
                #expect(try !store.findings().isEmpty)
                try? store.close()
            } catch { #expect(error is StorageError) }
        }
    }

    @Test func bytesOverwrittenAnywhereNeitherTrapNorHang() throws {
        let (whole, length) = (try collection.bytes(), try collection.length())
        var generator = SeededGenerator(seed: 11)
        for round in 0..<60 {
            // The first pages, where the schema and short rows are, get a half of it.
            let range = round.isMultiple(of: 2) ? min(length, 12 * 16384) : length
            try overwrite(Int.random(in: 0..<range - 16, using: &generator), with: generator.bytes(16))
            do { try readEverything() } catch { #expect(error is StorageError, "\(error)") }
            for suffix in ["-wal", "-shm"] { try? FileManager.default.removeItem(atPath: collection.path + suffix) }
            try whole.write(to: URL(filePath: collection.path))
        }
        #expect(try FeatureStore.open(collection.path).findings() == [])
    }
}
