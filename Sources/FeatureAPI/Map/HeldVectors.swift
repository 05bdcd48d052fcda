import FeatureSearch
import FeatureStorage

/// The features of some images in memory, for searches of all of them: each is looked at some thirty times, and reading it
/// from the file as often would take most of the time. Memory: 4·D bytes an image.
struct HeldVectors: VectorSource {
    private let dimensions: Int
    private var places = [Int64: Int]()
    private var numbers = [Float]()

    /// Those of `ids`, which ascend, whose features are there and can be searched. Blocking: one pass over the generation's.
    init(of ids: [Int64], under generation: Generation, in store: FeatureStore) throws {
        dimensions = generation.model.dimensions
        places.reserveCapacity(ids.count)
        numbers.reserveCapacity(ids.count * dimensions)
        try store.forEachUsableVector(of: ids, under: generation) { id, vector in
            places[id] = places.count
            for index in vector.indices { numbers.append(vector[index]) }
        }
    }

    func vectors(of ids: [Int64]) -> [Int64: [Float]] {
        var vectors = [Int64: [Float]](minimumCapacity: ids.count)
        for id in ids {
            if let place = places[id] { vectors[id] = Array(numbers[place * dimensions..<(place + 1) * dimensions]) }
        }
        return vectors
    }
}

extension FeatureStore {
    /// Calls `body` with the features of those of `ids`, which ascend, that can be searched: one pass over the generation's.
    func forEachUsableVector(
        of ids: [Int64], under generation: Generation, _ body: (_ id: Int64, _ vector: Span<Float>) throws -> Void
    ) throws {
        let dimensions = generation.model.dimensions
        var next = 0
        try forEachVector(of: generation.id) { id, _, vector in
            while next < ids.count, ids[next] < id { next += 1 }
            guard next < ids.count, ids[next] == id,
                ImageFeatures.objection(to: vector, dimensions: dimensions) == nil
            else { return }
            try body(id, vector)
        }
    }
}
