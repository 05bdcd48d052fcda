import Images
import Testing

/// Crops with torchvision's rounding and padding.
@Suite struct CropTests {
    @Test(arguments: OwnFixtures.expected.crops)
    func cropsTheCentreAsTorchvisionDoes(expected: OwnFixtures.Picture) throws {
        let crop = try OwnFixtures.picture().centerCropped(width: expected.width, height: expected.height)
        #expect(crop.sha256 == expected.rgb_sha256, "\(expected.width)×\(expected.height)")
    }

    @Test func knowsTorchvisionsResults() {
        #expect(OwnFixtures.expected.crops.count == 10)
    }

    @Test func takesExactlyTheRectangle() {
        let image = RGBImage(width: 3, height: 2, pixels: (0..<18).map { UInt8($0) })
        let crop = image.cropped(x: 1, y: 1, width: 2, height: 1)
        #expect(crop == RGBImage(width: 2, height: 1, pixels: [12, 13, 14, 15, 16, 17]))
    }
}
