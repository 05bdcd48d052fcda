import FeatureStorage
import Testing

struct NewImageTests {
    @Test func anImageIsWithoutKeyLabelAndMetadataUnlessSaid() {
        let image = NewImage(
            contentHash: String(repeating: "0", count: 64), mediaType: "image/png", bytes: [], width: 1, height: 1,
            thumbnail: [], features: ImageFeatures(cls: [1]))
        #expect(image.key == nil && image.label == nil && image.metadata == nil)
    }
}
