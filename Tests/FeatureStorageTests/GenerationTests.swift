import FeatureStorage
import Testing

struct GenerationTests {
    let collection: TemporaryCollection
    let store: FeatureStore
    let first: Int64

    init() throws {
        collection = try TemporaryCollection()
        (store, first) = try collection.open()
    }

    /// A second generation of two dimensions, with features of these images.
    private func second(of ids: [Int64] = []) throws -> Int64 {
        let second = try store.generation(for: .make("second", dimensions: 2)).id
        try store.addFeatures(ids.map { ($0, ImageFeatures(cls: [0, 1])) }, generation: second)
        return second
    }

    private func state(_ id: Int64) throws -> Generation.State? {
        try store.generations().first { $0.id == id }?.state
    }

    @Test func theFirstModelIsActiveAtOnce() throws {
        let generation = try store.generation(for: .make())
        #expect(generation.state == .active && generation.model == .make() && generation.count == 0)
        #expect(generation.activatedAt != nil)
        #expect(try store.generations() == [generation])
    }

    @Test func anotherModelTakesAnEmptyCollectionOver() throws {
        #expect(try store.generation(for: .make("second")).state == .active)
        #expect(try state(first) == .retired)
        #expect(try store.generation(for: .make()).state == .active)
    }

    @Test func anotherModelBuildsWhereImagesAreStored() throws {
        try store.insert(.make(1), first)
        let second = try store.generation(for: .make("second", dimensions: 2))
        #expect(second.state == .building && second.id > first && second.activatedAt == nil)
        #expect(try state(first) == .active)
        #expect(try store.generation(for: .make("second", dimensions: 2)) == second)
    }

    @Test func oneFingerprintHasOneNumberOfDimensions() throws {
        #expect(throws: StorageError.self) { try store.generation(for: .make(dimensions: 4)) }
        #expect(throws: StorageError.self) { try store.generation(for: .make("other", dimensions: 0)) }
        #expect(throws: StorageError.self) { try store.generation(for: .make("")) }
    }

    @Test func onlyACompleteGenerationIsActivated() throws {
        let ids = try store.insert([.make(1), .make(2), .make(3)], generation: first).map(\.image.id)
        let second = try second(of: [ids[0]])
        let error = StorageError.incompleteGeneration(second, missing: 2)
        #expect(throws: error) { try store.activate(second) }
        #expect("\(error)".contains("2 images"))
        #expect(try store.imagesWithoutFeatures(generation: second, after: 0, limit: 10) == [ids[1], ids[2]])
        #expect(try store.imagesWithoutFeatures(generation: second, after: ids[1], limit: 10) == [ids[2]])
        #expect(try store.imagesWithoutFeatures(generation: second, after: 0, limit: 1) == [ids[1]])
        _ = try self.second(of: [ids[1], ids[2]])
        try store.activate(second)
        #expect(try state(first) == .retired && state(second) == .active)
        try store.activate(second)
        try store.activate(first)
        #expect(try state(first) == .active && state(second) == .retired)
        #expect(throws: StorageError.unknownGeneration(77)) { try store.activate(77) }
    }

    @Test func anImageStoredLaterMakesAnotherGenerationIncomplete() throws {
        let id = try store.insert(.make(1), first).image.id
        let second = try second(of: [id])
        try store.activate(second)
        try store.insert(.make(2, features: ImageFeatures(cls: [1, 0])), second)
        #expect(throws: StorageError.incompleteGeneration(first, missing: 1)) { try store.activate(first) }
        #expect(try store.findings() == [])
    }

    @Test func uploadsGoToABuildingGenerationWhileAnotherIsActive() throws {
        let second = try second()
        try store.insert(.make(1), first)
        let id = try store.insert(.make(2, features: ImageFeatures(cls: [1, 0])), second).image.id
        #expect(try store.vectors(of: [id], generation: second) == [id: [1, 0]])
        #expect(try store.vectors(of: [id], generation: first) == [:])
    }

    @Test func featuresNeverChangeAndNeedAnImage() throws {
        let id = try store.insert(.make(1), first).image.id
        let second = try second(of: [id])
        try store.addFeatures(
            [
                (id, ImageFeatures(cls: [1, 0])), (99, ImageFeatures(cls: [1, 0])), (1 << 40 | id, .make()),
                (-1, .make()),
            ],
            generation: second)
        #expect(try store.vectors(of: [id, 99, 1 << 40 | id, .max, -1], generation: second) == [id: [0, 1]])
        #expect(try store.generations().map(\.count) == [1, 1])
    }

    @Test func oneFeatureThatIsNoneKeepsTheOthersOut() throws {
        let ids = try store.insert([.make(1), .make(2)], generation: first).map(\.image.id)
        let second = try second()
        #expect(throws: StorageError.self) {
            try store.addFeatures(
                [(ids[0], ImageFeatures(cls: [0, 1])), (ids[1], ImageFeatures(cls: [1, 0, 0]))], generation: second)
        }
        #expect(try store.vectors(of: ids, generation: second) == [:])
    }

    @Test func theActiveGenerationIsNotDropped() throws {
        #expect(throws: StorageError.activeGeneration(first)) { try store.drop(first) }
        #expect(throws: StorageError.unknownGeneration(5)) { try store.drop(5) }
    }

    @Test func droppingDeletesItsFeaturesAndNoOthers() throws {
        let images = (1...700).map { NewImage.make($0, features: .make(patches: true)) }
        let ids = try store.insert(images, generation: first).map(\.image.id)
        let second = try second(of: ids)
        try store.activate(second)
        try store.drop(first)
        #expect(try store.generations().map(\.id) == [second])
        #expect(throws: StorageError.unknownGeneration(first)) { try store.vectors(of: ids, generation: first) }
        #expect(try store.vectors(of: ids, generation: second).count == 700 && store.findings() == [])
        #expect(try store.generation(for: .make()).id > second)
    }

    @Test func othersCanWriteBetweenThePartsOfADrop() throws {
        let ids = try store.insert((1...300).map { .make($0) }, generation: first).map(\.image.id)
        let second = try second(of: ids)
        try store.activate(second)
        #expect(try store.dropSome(first))
        let left = try store.generations().first { $0.id == first }
        #expect(left?.state == .building && (100..<300).contains(left?.count ?? 0))
        // What was dropped is filled again, or not: the rest goes as well.
        try store.addFeatures([(ids[299], .make())], generation: first)
        #expect(try store.update(ids[0], ImageChange(label: .set("cat"))) != nil)
        while try store.dropSome(first) {}
        #expect(try store.generations().map(\.id) == [second] && store.findings() == [])
    }

    @Test func droppingGivesSpaceBack() throws {
        let features = ImageFeatures(
            cls: [1, 0, 0],
            patches: PatchFeatures(
                height: 100, width: 100, scales: Array(repeating: 1, count: 10000),
                values: Array(repeating: 1, count: 30000)))
        let ids = try store.insert((1...200).map { .make($0, features: features) }, generation: first).map(\.image.id)
        try store.activate(try second(of: ids))
        try store.close()
        let full = try collection.length()
        let again = try FeatureStore.open(collection.path)
        try again.drop(first)
        #expect(try collection.length() < full / 4)
        #expect(try again.findings() == [])
    }

    @Test func aDropThatWasStoppedIsGoneOnWithOrFilledAgain() throws {
        let ids = try store.insert((1...20).map { .make($0) }, generation: first).map(\.image.id)
        let second = try second(of: ids)
        try store.activate(second)
        try store.close()
        // What one transaction of a drop leaves behind.
        try collection.meddle { db in
            try db.execute(
                sql:
                    "UPDATE generations SET state = 'building' WHERE id = 1; DELETE FROM cls_features WHERE id = 1 << 40 | 7"
            )
        }
        let again = try FeatureStore.open(collection.path)
        #expect(try again.findings() == [])
        #expect(throws: StorageError.incompleteGeneration(first, missing: 1)) { try again.activate(first) }
        try again.addFeatures([(7, .make())], generation: first)
        try again.activate(first)
        try again.drop(second)
        #expect(try again.generations().map(\.id) == [first] && again.findings() == [])
    }
}
