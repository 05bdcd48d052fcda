import FeatureStorage
import Testing

struct InsertTests {
    let collection: TemporaryCollection
    let store: FeatureStore
    let generation: Int64

    init() throws {
        collection = try TemporaryCollection()
        (store, generation) = try collection.open()
    }

    @Test func anImageIsStoredWithAllThatBelongsToIt() throws {
        let new = NewImage.make(1, key: "a", label: "cat", metadata: #"{"x":1}"#, features: .make(patches: true))
        let insertion = try store.insert(new, generation)
        #expect(insertion.outcome == .stored && insertion.labelToken == 1)
        let image = try #require(try store.image(insertion.image.id))
        #expect(image == insertion.image)
        #expect(image.key == "a" && image.label == "cat" && image.metadata == #"{"x":1}"# && image.revision == 1)
        #expect(image.contentHash == new.contentHash && image.byteCount == new.bytes.count && image.name == "1.jpg")
        #expect(image.width == 4 && image.height == 3 && image.mediaType == "image/jpeg")
        #expect(image.createdAt > 1_600_000_000 && image.updatedAt == image.createdAt)
        #expect(try store.image(key: "a") == image && store.image(contentHash: new.contentHash) == image)
        #expect(try store.original(image.id) == new.bytes && store.thumbnail(image.id) == new.thumbnail)
        #expect(try store.vectors(of: [image.id], generation: generation) == [image.id: new.features.cls])
        #expect(try store.patches(of: [image.id], generation: generation) == [image.id: new.features.patches])
        #expect(try store.findings() == [])
    }

    @Test func contentThatIsStoredIsNotStoredAgain() throws {
        let first = try store.insert(.make(1), generation)
        let second = try store.insert(.make(1, label: "cat", metadata: #"{"x":1}"#), generation)
        #expect(second.outcome == .existing && second.image.id == first.image.id)
        #expect(second.image.label == "cat" && second.image.metadata == #"{"x":1}"# && second.image.revision == 2)
        let third = try store.insert(.make(1, label: "dog", metadata: #"{"x":2}"#), generation)
        #expect(third.image == second.image && third.labelToken == second.labelToken)
        #expect(try store.count() == 1)
    }

    @Test func theSameContentTwiceInOneCallIsOneImage() throws {
        let insertions = try store.insert([.make(1), .make(2), .make(1)], generation: generation)
        #expect(insertions.map(\.outcome) == [.stored, .stored, .existing])
        #expect(insertions[0].image.id == insertions[2].image.id)
        #expect(try store.count() == 2)
    }

    @Test func theSameContentUnderItsKeyTakesLabelAndMetadata() throws {
        let first = try store.insert(.make(1, key: "a", label: "cat", metadata: #"{"x":1}"#), generation)
        let second = try store.insert(.make(1, key: "a", label: "dog"), generation)
        #expect(second.outcome == .existing && second.image.id == first.image.id && second.image.label == "dog")
        #expect(second.image.metadata == #"{"x":1}"# && second.image.revision == 2 && second.labelToken == 2)
        #expect(try store.insert(.make(1, key: "a"), generation).image == second.image)
    }

    @Test func otherContentUnderAKeyIsAnotherImage() throws {
        let first = try store.insert(.make(1, key: "a", label: "cat"), generation).image
        let second = try store.insert(.make(2, key: "a"), generation)
        #expect(second.outcome == .replaced(first.id) && second.image.id > first.id && second.image.label == nil)
        #expect(try store.image(first.id) == nil && store.original(first.id) == nil && store.thumbnail(first.id) == nil)
        #expect(try store.vectors(of: [first.id], generation: generation) == [:])
        #expect(try store.image(key: "a") == second.image && store.findings() == [])
    }

    @Test func ofTwoImagesWithOneKeyInOneCallTheLastStays() throws {
        let insertions = try store.insert([.make(1, key: "a"), .make(2, key: "a")], generation: generation)
        #expect(insertions.map(\.outcome) == [.stored, .replaced(insertions[0].image.id)])
        #expect(try store.list(ListQuery()).map(\.id) == [insertions[1].image.id])
        #expect(try store.findings() == [])
    }

    @Test func imagesWithOwnKeysShareTheFile() throws {
        let images = try store.insert([.make(1), .make(1, key: "a"), .make(1, key: "b")], generation: generation)
        #expect(images.map(\.outcome) == [.stored, .stored, .stored])
        #expect(try store.check(hash: weakHash, progress: { _, _ in }).originals == 1)
        #expect(try store.remove([images[0].image.id, images[1].image.id]).count == 2)
        #expect(try store.original(images[2].image.id) == NewImage.make(1).bytes)
        #expect(try store.insert(.make(1), generation).image.id == images[2].image.id)
        #expect(try store.remove([images[2].image.id]).count == 1)
        #expect(try store.check(hash: weakHash, progress: { _, _ in }).originals == 0)
    }

    @Test func anIdIsNeverUsedAgain() throws {
        let first = try store.insert(.make(1), generation).image.id
        _ = try store.remove([first])
        #expect(try store.insert(.make(1), generation).image.id > first)
    }

    @Test func originalsAreKeptOnlyIfWanted() throws {
        try store.close()
        let (frugal, _) = try collection.open { $0.keepsOriginals = false }
        let id = try frugal.insert(.make(1), generation).image.id
        #expect(try frugal.original(id) == nil && frugal.findings() == [])
        try frugal.close()
        let (keeping, _) = try collection.open()
        #expect(try keeping.insert(.make(1), generation).outcome == .existing)
        #expect(try keeping.original(id) == NewImage.make(1).bytes)
    }

    @Test func anExistingImageGetsTheFeaturesOfAnotherGeneration() throws {
        let id = try store.insert(.make(1), generation).image.id
        let other = try store.generation(for: .make("second", dimensions: 2)).id
        #expect(try store.insert(.make(1, features: ImageFeatures(cls: [0, 1])), other).outcome == .existing)
        #expect(try store.vectors(of: [id], generation: other) == [id: [0, 1]])
        #expect(try store.vectors(of: [id], generation: generation) == [id: ImageFeatures.make().cls])
    }

    @Test(arguments: [
        NewImage.make(1, features: ImageFeatures(cls: [1, 0])),
        .make(1, features: ImageFeatures(cls: [1, 0, .nan])),
        .make(1, features: ImageFeatures(cls: [1, .infinity, 0])),
        .make(1, features: ImageFeatures(cls: [1, 0.1, 0])),
        .make(1, features: ImageFeatures(cls: [0, 0, 0])),
        .make(
            1, features: ImageFeatures(cls: [1, 0, 0], patches: .init(height: 1, width: 2, scales: [1], values: []))),
        .make(
            1, features: ImageFeatures(cls: [1, 0, 0], patches: .init(height: .max, width: 2, scales: [], values: []))),
        .make(1, metadata: "[1]"), .make(1, metadata: "{"), .make(1, key: "a\0b"), .make(1, label: "\0"),
    ])
    func oneImageThatCannotBeStoredKeepsTheOthersOut(image: NewImage) throws {
        let error = try #require(throws: StorageError.self) {
            try store.insert([.make(2), image], generation: generation)
        }
        guard case .invalid = error else { return #expect("\(error)" == "invalid") }
        #expect(try store.count() == 0 && store.findings() == [])
    }

    @Test func aHashThatIsNoneIsRefused() throws {
        var image = NewImage.make(1)
        for hash in ["", "abc", String(repeating: "g", count: 64), String(repeating: "0", count: 65)] {
            image.contentHash = hash
            #expect(throws: StorageError.self) { try store.insert(image, generation) }
            #expect(try store.image(contentHash: hash) == nil)
        }
        image.contentHash = String(repeating: "AB", count: 32)
        #expect(try store.insert(image, generation).image.contentHash == String(repeating: "ab", count: 32))
    }

    @Test func aGenerationThatIsNotThereIsRefused() throws {
        #expect(throws: StorageError.unknownGeneration(9)) { try store.insert(.make(1), 9) }
    }
}
