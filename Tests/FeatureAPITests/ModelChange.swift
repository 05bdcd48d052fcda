import DINO
import FeatureAPI
import FeatureSearch
import FeatureStorage
import Images
import Synchronization
import Tensors
import TestSupport

/// Another model than ``FakeExtractor``, of the same shape: the image of the value v has the CLS feature (1, v, 0).
final class OtherExtractor: FeatureExtractor {
    /// What is wrong with the model.
    enum Fault { case none, refusesSeven, drifts }

    let model: ModelDescription
    private let fake: FakeExtractor
    private let fault: Fault
    private let calls = Atomic(0)
    private let prepared = Atomic(0)

    init(isGated: Bool = false, fault: Fault = .none) {
        fake = FakeExtractor(isGated: isGated)
        self.fault = fault
        var model = fake.model
        (model.name, model.fingerprint) = ("other", Self.fingerprint)
        self.model = model
    }

    static let fingerprint = String(repeating: "abcd", count: 16)

    /// The values of all images that were computed.
    var values: [Float] { fake.batches.flatMap { $0 } }

    /// How many files were decoded.
    var preparedCount: Int { prepared.load(ordering: .relaxed) }

    func open(_ count: Int) { fake.open(count) }

    func prepare(_ file: [UInt8], size: Int) throws -> Tensor {
        if fault == .refusesSeven, file.last == 7 { throw FeatureAPIError(.unsupportedImage, "Seven is not decoded.") }
        prepared.add(1, ordering: .relaxed)
        return try fake.prepare(file, size: size)
    }

    func prepareToKeep(_ file: [UInt8], size: Int) throws -> (input: Tensor, kept: KeptImage) {
        (try prepare(file, size: size), try fake.prepareToKeep(file, size: size).kept)
    }

    func prepareToShow(_ file: [UInt8], size: Int) throws -> (input: Tensor, image: RGBImage) {
        (try prepare(file, size: size), try fake.prepareToShow(file, size: size).image)
    }

    func extract(_ batch: Tensor, kinds: Set<FeatureKind>) throws -> [FeatureKind: Tensor] {
        var features = try fake.extract(batch, kinds: kinds)
        let call = calls.add(1, ordering: .relaxed).newValue
        let values = (0..<batch.shape[0]).map { batch.scalars[$0 * batch.count / batch.shape[0]] }
        let drift = fault == .drifts ? Float(call) : 0
        features[.cls] = Tensor(shape: [values.count, 3], scalars: values.flatMap { [1, $0, drift] })
        return features
    }
}

/// A collection in a folder of its own, opened with one model after another.
final class ModelChange {
    /// The collection while it is open.
    struct Opened {
        let store: FeatureStore
        let pipeline: EmbeddingPipeline
        let collection: ImageCollection

        /// Stores the images of some values; gives their ids.
        @discardableResult
        func add(_ values: [UInt8]) async throws -> [Int64] {
            let uploads = values.map { value in
                Upload(image: SubmittedImage(bytes: FakeExtractor.image(value), declaredType: nil))
            }
            return try await collection.add(uploads).map { try $0.get().image.id }
        }

        /// The ids that the active features find for a vector, the nearest first.
        func nearest(to vector: [Float]) throws -> [Int64] {
            let active = collection.active
            let length = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
            let answer = try active.index.search(
                [vector.map { $0 / length }], k: 100, minimumScore: nil, filter: RowFilter(),
                source: Vectors(store: store, generation: active.generation.id))
            return answer.hits[0].map(\.id)
        }

        func close() throws {
            pipeline.stop()
            try store.close()
        }
    }

    struct Vectors: VectorSource {
        let store: FeatureStore
        let generation: Int64

        func vectors(of ids: [Int64]) throws -> [Int64: [Float]] {
            try store.vectors(of: ids, generation: generation)
        }
    }

    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    func open(
        _ extractor: some FeatureExtractor, keepsOriginals: Bool = true, keepsPatches: Bool = true
    ) throws -> Opened {
        var options = FeatureStore.Options()
        options.keepsOriginals = keepsOriginals
        let store = try FeatureStore.open(folder.path("collection.sqlite"), options: options)
        let pipeline = EmbeddingPipeline(extractor: extractor, configuration: .init(workers: 2))
        var kept = ImageCollection.Options()
        kept.keepsPatches = keepsPatches
        let collection = try ImageCollection(
            store: store, pipeline: pipeline, compute: try Compute(threads: 1), options: kept)
        return Opened(store: store, pipeline: pipeline, collection: collection)
    }

    /// Stores the images of some values with the first model's features; gives their ids.
    func prepare(_ values: [UInt8], keepsOriginals: Bool = true) async throws -> [Int64] {
        let opened = try open(FakeExtractor(), keepsOriginals: keepsOriginals)
        let ids = try await opened.add(values)
        try opened.close()
        return ids
    }
}
