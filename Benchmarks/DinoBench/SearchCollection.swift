import FeatureSearch
import FeatureStorage
import Foundation

/// A collection's file full of vectors, and its index: what a server holds, without images.
struct SearchCollection {
    let store: FeatureStore
    let generation: Int64
    /// One image in a hundred has it.
    static let label = "rare"

    /// Makes the file. The image of row i gets the id i + 1.
    init(_ vectors: SearchVectors, at file: URL) throws {
        var options = FeatureStore.Options()
        options.keepsOriginals = false
        store = try FeatureStore.open(file.path, options: options)
        generation = try store.generation(
            for: GenerationModel(
                fingerprint: String(repeating: "0", count: 64), name: "random", dimensions: vectors.dimensions,
                gridHeight: 1, gridWidth: 1, inputSize: 16)
        ).id
        for first in stride(from: 0, to: vectors.count, by: 10_000) {
            let images = (first..<min(first + 10_000, vectors.count)).map { row in
                let number = String(row, radix: 16)
                return NewImage(
                    contentHash: String(repeating: "0", count: 64 - number.count) + number, mediaType: "image/jpeg",
                    bytes: [0], width: 16, height: 16, label: row % 100 == 7 ? Self.label : nil, thumbnail: [0],
                    features: ImageFeatures(cls: vectors.row(row)))
            }
            _ = try store.insert(images, generation: generation)
        }
    }

    /// Fills an index with the first rows in one pass over the file.
    func load(into index: VectorIndex, first count: Int) throws {
        try store.forEachVector(of: generation) { id, label, vector in
            guard id <= count else { return }
            try index.insert(id: id, label: label, vector: vector)
        }
    }
}

extension SearchCollection: VectorSource {
    func vectors(of ids: [Int64]) throws -> [Int64: [Float]] { try store.vectors(of: ids, generation: generation) }
}
