import FeatureStorage
import Foundation
import TestSupport
import Testing

/// Commands of the trainer on a server's collection instead of a folder.
@Suite(.timeLimit(.minutes(2))) struct CollectionSourceTests {
    private let folder: EvaluationFolder
    private let database: String

    init() throws {
        folder = try EvaluationFolder()
        try folder.writeImages("train")
        try folder.writeImages("test", count: 5)
        database = folder.path("collection.sqlite")
    }

    /// Stores the images of `train`, and one that has no label.
    private func fill(keepsOriginals: Bool = true) throws {
        var options = FeatureStore.Options()
        options.keepsOriginals = keepsOriginals
        let store = try FeatureStore.open(database, options: options)
        let generation = try store.generation(
            for: GenerationModel(
                fingerprint: "f", name: "m", dimensions: 1, gridHeight: 1, gridWidth: 1, inputSize: 4))
        var images = [NewImage]()
        for (place, label) in ["cat", "dog"].enumerated() {
            for index in 0..<12 {
                images.append(try image("train/\(label)/\(index).png", label: label, number: place * 12 + index))
            }
        }
        images.append(try image("test/cat/0.png", label: nil, number: 99))
        _ = try store.insert(images, generation: generation.id)
        try store.close()
    }

    private func image(_ name: String, label: String?, number: Int) throws -> NewImage {
        let digits = String(number, radix: 16)
        return NewImage(
            contentHash: String(repeating: "0", count: 64 - digits.count) + digits, name: "\(number).png",
            mediaType: "image/png", bytes: [UInt8](try Data(contentsOf: folder.url.appending(path: name))), width: 12,
            height: 12, label: label, thumbnail: [0xFF, 0xD8, 0xFF], features: ImageFeatures(cls: [1]))
    }

    private func run(_ arguments: String...) async throws -> (status: Int32, text: String) {
        let program = try Program(arguments, of: "dino-train")
        return (try await program.status(), program.text)
    }

    private func results(_ text: String) throws -> [[String: Any]] {
        let start = try #require(text.firstIndex(of: "{"), "\(text)")
        let object = try JSONSerialization.jsonObject(with: Data(text[start...].utf8)) as? [String: Any]
        return try #require(object?["results"] as? [[String: Any]])
    }

    @Test func evaluatesOnACollectionAsOnTheFolderItWasMadeOf() async throws {
        try fill()
        let common = ["--test", folder.path("test"), "--k", "3", "--json", "--threads", "1"]
        let collection = try Program(
            ["evaluate", "knn", folder.model, "--train", database] + common, of: "dino-train")
        #expect(try await collection.status() == 0, "\(collection.text)")
        let files = try Program(
            ["evaluate", "knn", folder.model, "--train", folder.path("train")] + common, of: "dino-train")
        #expect(try await files.status() == 0, "\(files.text)")
        let (stored, read) = (try results(collection.text), try results(files.text))
        #expect(stored.count == 1 && stored.map { $0["top1"] as? Double } == read.map { $0["top1"] as? Double })
    }

    @Test func trainsOnEveryImageOfACollection() async throws {
        try fill()
        let (status, text) = try await run(
            "train", database, "-o", folder.path("run"), "--preset", "small", "--depth", "1", "--epochs", "1",
            "--warmup_epochs", "0", "--batch_size", "8", "--threads", "1", "--local_crops_number", "0")
        #expect(status == 0, "\(text)")
        #expect(text.contains("25/25"), "\(text)")
    }

    @Test func aCollectionWithoutOriginalsIsASentence() async throws {
        try fill(keepsOriginals: false)
        let (status, text) = try await run("train", database, "-o", folder.path("run"), "--preset", "small")
        #expect(status != 0)
        #expect(text.contains("its file is not kept"), "\(text)")
    }

    @Test func aServersCollectionIsNotTakenFromIt() async throws {
        try fill()
        let store = try FeatureStore.open(database)
        let (status, text) = try await run("train", database, "-o", folder.path("run"), "--preset", "small")
        #expect(status != 0)
        #expect(text.contains("is in use"), "\(text)")
        try store.close()
    }
}
