import FeatureStorage
import Foundation
import GRDB

/// A folder of one test with a collection in it, deleted afterwards.
final class TemporaryCollection: Sendable {
    let folder: URL
    /// The collection's file.
    var path: String { folder.appending(path: "collection.sqlite").path }

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "feature-storage-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    /// The store; with a generation of three dimensions.
    func open(_ change: (inout FeatureStore.Options) -> Void = { _ in }) throws -> (FeatureStore, Int64) {
        var options = FeatureStore.Options()
        change(&options)
        let store = try FeatureStore.open(path, options: options)
        return (store, try store.generation(for: .make()).id)
    }

    /// What another program, which does not ask for the lock, does to the file.
    @discardableResult
    func meddle<Value>(_ body: (Database) throws -> Value) throws -> Value {
        let queue = try DatabaseQueue(path: path)
        defer { try? queue.close() }
        return try queue.writeWithoutTransaction(body)
    }

    /// Bytes of a file beside the collection's; of itself without a suffix.
    func bytes(_ suffix: String = "") throws -> Data { try Data(contentsOf: URL(filePath: path + suffix)) }

    /// The length of the collection's file.
    func length() throws -> Int {
        try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int ?? 0
    }
}

extension GenerationModel {
    /// A model whose fingerprint is its name.
    static func make(_ name: String = "first", dimensions: Int = 3) -> GenerationModel {
        GenerationModel(
            fingerprint: name, name: "ViT \(name)", dimensions: dimensions, gridHeight: 2, gridWidth: 1, inputSize: 8)
    }
}

extension NewImage {
    /// An image of a few bytes, which differ for every `number`, with features of three dimensions.
    static func make(
        _ number: Int, key: String? = nil, label: String? = nil, metadata: String? = nil, size: Int = 20,
        features: ImageFeatures = .make()
    ) -> NewImage {
        let bytes = Array("\(number) ".utf8) + [UInt8](repeating: UInt8(truncatingIfNeeded: number), count: size)
        return NewImage(
            key: key, contentHash: weakHash(bytes), name: "\(number).jpg", mediaType: "image/jpeg", bytes: bytes,
            width: 4, height: 3, label: label, metadata: metadata,
            thumbnail: [255, 216, UInt8(truncatingIfNeeded: number)],
            features: features)
    }
}

extension ImageFeatures {
    /// A vector of length 1 that `angle` decides, with patches if wanted.
    static func make(_ angle: Float = 0.3, patches: Bool = false) -> ImageFeatures {
        ImageFeatures(
            cls: [(1 - angle * angle).squareRoot(), angle, 0],
            patches: patches
                ? PatchFeatures(height: 2, width: 1, scales: [0.5, 1], values: [1, -2, 3, -4, 5, 127]) : nil)
    }
}

/// What stands in for SHA-256, of which the store knows nothing but its length: FNV-1a, four times with other beginnings.
func weakHash(_ bytes: [UInt8]) -> String {
    (0..<4).map { part in
        let hash = bytes.reduce(0xCBF2_9CE4_8422_2325 &+ UInt64(part)) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
        let digits = String(hash, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }.joined()
}

extension FeatureStore {
    /// Stores one image.
    @discardableResult
    func insert(_ image: NewImage, _ generation: Int64) throws -> Insertion {
        try insert([image], generation: generation)[0]
    }

    /// What a check finds.
    func findings() throws -> [String] { try check(hash: weakHash, progress: { _, _ in }).findings }
}
