import FeatureStorage
import GRDB
import Testing

struct ChangeTests {
    let collection: TemporaryCollection
    let store: FeatureStore
    let generation: Int64

    init() throws {
        collection = try TemporaryCollection()
        (store, generation) = try collection.open()
    }

    @Test func aChangeSetsAndRemovesAndKeeps() throws {
        let id = try store.insert(.make(1, key: "a", label: "cat", metadata: #"{"x":1}"#), generation).image.id
        let first = try store.update(id, ImageChange(key: .set("b"), label: .remove))
        #expect(first?.key == "b" && first?.label == nil && first?.metadata == #"{"x":1}"# && first?.revision == 2)
        let second = try store.update(id, ImageChange(metadata: .set(#"{"y":2}"#)))
        #expect(second?.metadata == #"{"y":2}"# && second?.revision == 3)
        #expect(try store.image(id) == second && store.image(key: "a") == nil)
        #expect(try store.ids(matching: .init(metadata: [.init("x", .exists(true))])) == [])
        #expect(try store.ids(matching: .init(metadata: [.init("y", .equals(.integer(2)))])) == [id])
        #expect(try store.update(id, ImageChange(metadata: .remove))?.metadata == nil)
        #expect(try store.metadataNames(among: ["x", "y"]) == [] && store.findings() == [])
    }

    @Test func aChangeThatChangesNothingLeavesTheRevision() throws {
        let image = try store.insert(.make(1, key: "a", label: "cat"), generation).image
        let change = ImageChange(key: .set("a"), label: .set("cat"), metadata: .remove)
        #expect(try store.update(image.id, change) == image)
    }

    @Test func aChangeOfAnotherRevisionIsRefused() throws {
        let id = try store.insert(.make(1), generation).image.id
        #expect(try store.update(id, ImageChange(label: .set("cat")), ifRevision: 1)?.revision == 2)
        #expect(throws: StorageError.revisionMismatch(id: id, expected: 1, actual: 2)) {
            try store.update(id, ImageChange(label: .set("dog")), ifRevision: 1)
        }
        #expect(try store.image(id)?.label == "cat")
    }

    @Test func aKeyOfAnotherImageIsRefused() throws {
        let first = try store.insert(.make(1, key: "a"), generation).image.id
        let second = try store.insert(.make(2, key: "b"), generation).image
        #expect(throws: StorageError.keyTaken(key: "a", by: first)) {
            try store.update(second.id, ImageChange(key: .set("a"), label: .set("cat")))
        }
        #expect(try store.image(second.id) == second)
    }

    @Test func anImageThatIsNotThereIsNotChanged() throws {
        #expect(try store.update(5, ImageChange(label: .set("cat"))) == nil)
        #expect(try store.update(.max, ImageChange(label: .set("cat"))) == nil)
        #expect(try store.labels().isEmpty)
    }

    @Test func metadataThatIsNoObjectChangesNothing() throws {
        let image = try store.insert(.make(1, metadata: #"{"x":1}"#), generation).image
        #expect(throws: StorageError.self) {
            try store.update(image.id, ImageChange(label: .set("cat"), metadata: .set("7")))
        }
        #expect(try store.image(image.id) == image && store.findings() == [])
    }

    @Test func namesAndLabelsGoWithTheLastImageThatHasThem() throws {
        func rows(_ table: String) throws -> Int? {
            try collection.meddle { try Int.fetchOne($0, sql: "SELECT count(*) FROM \(table)") }
        }
        let ids = try store.insert(
            [
                .make(1, label: "cat", metadata: #"{"x":1,"y":1}"#), .make(2, label: "cat", metadata: #"{"x":2}"#),
                .make(3, label: "dog"),
            ], generation: generation
        ).map(\.image.id)
        #expect(try rows("metadata_names") == 2 && rows("labels") == 2)
        _ = try store.remove([ids[0]])
        #expect(try rows("metadata_names") == 1 && rows("labels") == 2)
        _ = try store.update(ids[1], ImageChange(metadata: .set(#"{"z":2}"#)))
        #expect(try store.metadataNames(among: ["x", "y", "z", "z\0"]) == ["z"])
        #expect(try rows("metadata_names") == 1)
        _ = try store.update(ids[1], ImageChange(label: .set("dog"), metadata: .remove))
        #expect(try rows("metadata_names") == 0 && rows("labels") == 1)
        _ = try store.remove(ids)
        #expect(try rows("labels") == 0 && store.findings() == [])
    }

    @Test func labelsAreAddedWhereThereIsNone() throws {
        let ids = try store.insert([.make(1), .make(2, label: "dog")], generation: generation).map(\.image.id)
        try store.addLabels([(ids[0], "cat"), (ids[1], "cat"), (99, "cat")])
        #expect(try store.image(ids[0])?.label == "cat" && store.image(ids[1])?.label == "dog")
        #expect(try store.image(ids[1])?.revision == 1)
    }

    @Test func aRemovalGivesOnlySoMuchSpaceBackAtOnce() throws {
        let images = (1...60).map { NewImage.make($0, size: 1_000_000) }
        let ids = try store.insert(images, generation: generation).map(\.image.id)
        func free() throws -> Int { try collection.meddle { try Int.fetchOne($0, sql: "PRAGMA freelist_count") } ?? 0 }
        _ = try store.remove(ids.dropLast())
        // 59 MB were given up, and 32 MiB of them given back.
        let left = try free()
        #expect(left > 1000)
        _ = try store.remove(ids)
        #expect(try free() < left && free() <= 64)
    }

    @Test func labelsAreCountedAndTokensAreNotUsedAgain() throws {
        let images = try store.insert(
            [.make(1, label: "cat"), .make(2, label: "dog"), .make(3, label: "cat"), .make(4)], generation: generation)
        #expect(images.map(\.labelToken) == [1, 2, 1, 0])
        #expect(try store.labels().map(\.label) == ["cat", "dog"] && store.labels().map(\.count) == [2, 1])
        _ = try store.remove([images[1].image.id])
        #expect(try store.labels().map(\.label) == ["cat"])
        #expect(
            try store.labelToken("dog") == nil && store.labelToken("bird") == nil && store.labelToken("dog\0") == nil)
        #expect(try store.insert(.make(5, label: "dog"), generation).labelToken == 3)
    }

    @Test func removingTellsWhichWereThere() throws {
        let ids = try store.insert([.make(1), .make(2)], generation: generation).map(\.image.id)
        #expect(try store.remove([ids[1], 99, ids[1], -1, .max]) == [ids[1]])
        #expect(try store.list(ListQuery()).map(\.id) == [ids[0]] && store.findings() == [])
    }

    @Test func removingGivesSpaceBack() throws {
        let images = (1...100).map { NewImage.make($0, key: "\($0)", size: 200_000, features: .make(patches: true)) }
        let ids = try store.insert(images, generation: generation).map(\.image.id)
        try store.close()
        let full = try collection.length()
        #expect(full > 20_000_000)
        let (again, _) = try collection.open()
        #expect(try again.remove(Array(ids.dropFirst(10))).count == 90)
        #expect(try collection.length() < full / 5)
        #expect(try again.findings() == [] && again.count() == 10)
        #expect(try again.original(ids[3]) == images[3].bytes)
    }

    @Test func replacingGivesSpaceBack() throws {
        for number in 1...30 { try store.insert(.make(number, key: "a", size: 1_000_000), generation) }
        try store.close()
        #expect(try collection.length() < 5_000_000)
    }
}
