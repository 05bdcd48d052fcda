import FeatureStorage
import GRDB
import TestSupport
import Testing

struct FeatureTests {
    let collection: TemporaryCollection
    init() throws { collection = try TemporaryCollection() }

    private func unitVector(_ generator: inout SeededGenerator, _ dimensions: Int) -> [Float] {
        let vector = (0..<dimensions).map { _ in Float.random(in: -1...1, using: &generator) }
        let length = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
        return vector.map { $0 / length }
    }

    @Test func twentyThousandVectorsComeBackBitForBitByAscendingIDs() throws {
        let store = try FeatureStore.open(collection.path)
        let generation = try store.generation(for: .make(dimensions: 384)).id
        var generator = SeededGenerator(seed: 4)
        var expected: [Int64: [Float]] = [:]
        for part in 0..<40 {
            let images = (0..<500).map { number in
                NewImage.make(
                    part * 500 + number, label: number.isMultiple(of: 3) ? nil : "\(number % 3)", size: 1,
                    features: ImageFeatures(cls: unitVector(&generator, 384)))
            }
            for (image, insertion) in zip(images, try store.insert(images, generation: generation)) {
                expected[insertion.image.id] = image.features.cls
            }
        }
        let removed = try store.remove(Array(stride(from: 5, to: 20_000, by: 7)))
        for id in removed { expected[id] = nil }
        var (last, seen, labelled) = (Int64(0), 0, 0)
        try store.forEachVector(of: generation) { id, label, vector in
            #expect(id > last)
            var isEqual = vector.count == 384
            for index in vector.indices where vector[index].bitPattern != expected[id]?[index].bitPattern {
                isEqual = false
            }
            #expect(isEqual)
            (last, seen, labelled) = (id, seen + 1, labelled + (label > 0 ? 1 : 0))
        }
        #expect(seen == expected.count && seen == 20_000 - removed.count)
        #expect(try labelled == store.count(matching: ImageFilter(labels: .labelled)))
    }

    @Test func thePassEndsWithWhatItsClosureThrows() throws {
        struct Enough: Error {}
        let (store, generation) = try collection.open()
        _ = try store.insert([.make(1), .make(2)], generation: generation)
        var count = 0
        #expect(throws: Enough.self) {
            try store.forEachVector(of: generation) { _, _, _ in
                count += 1
                throw Enough()
            }
        }
        #expect(count == 1)
        #expect(throws: StorageError.unknownGeneration(9)) { try store.forEachVector(of: 9) { _, _, _ in } }
        #expect(try store.count() == 2)
    }

    @Test func thePassCountsInTheStateThatItReads() throws {
        let (store, generation) = try collection.open()
        let ids = try store.insert([.make(1), .make(2), .make(3)], generation: generation).map(\.image.id)
        var count = 0
        let state = try store.forEachVector(of: generation) { id, _, _ in
            if count == 0 {
                try collection.meddle { try $0.execute(sql: "DELETE FROM images WHERE id = ?", arguments: [ids[2]]) }
            }
            count += 1
        }
        #expect(count == 3 && state.images == 3 && state.generation.count == 3)
        #expect(try store.count() == 2)
    }

    @Test func aVectorOfAnotherLengthComesEmpty() throws {
        let (store, generation) = try collection.open()
        let ids = try store.insert([.make(1), .make(2), .make(3)], generation: generation).map(\.image.id)
        try collection.meddle { db in
            try db.execute(sql: "UPDATE cls_features SET vector = x'0000' WHERE id & 255 = ?", arguments: [ids[1]])
        }
        var counts = [Int]()
        try store.forEachVector(of: generation) { _, _, vector in counts.append(vector.count) }
        #expect(counts == [3, 0, 3])
    }

    @Test func featuresAreOfLengthOneOrRefused() throws {
        let (store, generation) = try collection.open()
        for (number, length) in ([1 - 4.9e-4, 1, 1 + 4.9e-4] as [Float]).enumerated() {
            try store.insert(.make(number, features: ImageFeatures(cls: [length, 0, 0])), generation)
        }
        for length in [1 - 6e-4, 1 + 6e-4, .nan] as [Float] {
            #expect(throws: StorageError.self) {
                try store.insert(.make(9, features: ImageFeatures(cls: [0, length, 0])), generation)
            }
        }
        #expect(try store.count() == 3)
    }

    @Test func patchesAreAddedToWhatWasStoredWithout() throws {
        let (store, generation) = try collection.open { $0.keepsOriginals = false }
        let ids = try store.insert(
            [.make(1, features: .make(patches: true)), .make(2)], generation: generation
        ).map(\.image.id)
        #expect(try store.imagesWithoutFeatures(generation: generation, after: 0, limit: 9) == [])
        #expect(try store.imagesWithoutFeatures(generation: generation, patches: true, after: 0, limit: 9) == [ids[1]])
        #expect(try store.isComplete(ids[1], generation: generation, patches: false))
        #expect(try !store.isComplete(ids[1], generation: generation, patches: true))
        #expect(try !store.isComplete(99, generation: generation, patches: false))
        try store.addFeatures([(ids[1], .make(0.5, patches: true))], generation: generation)
        #expect(try store.patches(of: ids, generation: generation).count == 2)
        // What is there stays.
        #expect(try store.vectors(of: [ids[1]], generation: generation) == [ids[1]: ImageFeatures.make().cls])
        #expect(try store.isComplete(ids[1], generation: generation, patches: true) && store.findings() == [])
    }

    @Test func anImageIsCompleteWithItsFileWhereFilesAreKept() throws {
        let (store, generation) = try collection.open { $0.keepsOriginals = false }
        let id = try store.insert(.make(1), generation).image.id
        try store.close()
        let (again, _) = try collection.open()
        #expect(try !again.isComplete(id, generation: generation, patches: false))
        try again.insert(.make(1), generation)
        #expect(try again.isComplete(id, generation: generation, patches: false))
    }

    @Test func thePassHasOneGenerationAlone() throws {
        let (store, first) = try collection.open()
        let ids = try store.insert([.make(1, label: "a"), .make(2)], generation: first).map(\.image.id)
        let second = try store.generation(for: .make("second", dimensions: 2)).id
        try store.addFeatures([(ids[1], ImageFeatures(cls: [0, 1]))], generation: second)
        var seen: [Int64: Int32] = [:]
        try store.forEachVector(of: first) { id, label, vector in
            #expect(vector.count == 3)
            seen[id] = label
        }
        #expect(seen == [ids[0]: 1, ids[1]: 0])
        seen = [:]
        try store.forEachVector(of: second) { id, label, _ in seen[id] = label }
        #expect(seen == [ids[1]: 0])
    }

    @Test func patchesAreThereWhereTheyWereStored() throws {
        let (store, generation) = try collection.open()
        let ids = try store.insert(
            [.make(1, features: .make(patches: true)), .make(2)], generation: generation
        ).map(\.image.id)
        let patches = try store.patches(of: ids + [.max, -5], generation: generation)
        #expect(patches == [ids[0]: try #require(ImageFeatures.make(patches: true).patches)])
        _ = try store.remove(ids)
        #expect(try store.patches(of: ids, generation: generation) == [:] && store.findings() == [])
    }
}
