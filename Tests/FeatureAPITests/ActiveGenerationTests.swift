import FeatureAPI
import FeatureStorage
import Tensors
import TestSupport
import Testing

struct ActiveGenerationTests {
    @Test func whateverIsStoredCanBeSearched() throws {
        let folder = try TemporaryFolder()
        let store = try FeatureStore.open(folder.path("collection.sqlite"))
        let model = GenerationModel(
            fingerprint: "f", name: "f", dimensions: 3, gridHeight: 1, gridWidth: 1, inputSize: 8)
        let generation = try store.generation(for: model)
        // From one end of the lengths that the store takes to the other, and beyond both.
        var stored = 0
        for step in -12...12 {
            let length = 1 + Float(step) * 1e-4
            let image = NewImage(
                contentHash: String(repeating: "0", count: 62) + String(step + 50), mediaType: "image/png", bytes: [0],
                width: 1, height: 1, thumbnail: [0], features: ImageFeatures(cls: [0, length, 0]))
            if (try? store.insert([image], generation: generation.id)) != nil { stored += 1 }
        }
        #expect((3..<25).contains(stored))
        let loaded = try ActiveGeneration(loading: generation, from: store, compute: try Compute(threads: 1))
        #expect(loaded.index.count == stored && loaded.leftOut.isEmpty && loaded.warning == nil)
        try store.close()
    }
}
