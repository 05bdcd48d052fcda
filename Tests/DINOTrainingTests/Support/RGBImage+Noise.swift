import Images
import TestSupport

extension RGBImage {
    /// A picture of noise.
    static func noise(width: Int, height: Int, seed: UInt64) -> RGBImage {
        var generator = SeededGenerator(seed: seed)
        return RGBImage(width: width, height: height, pixels: generator.bytes(width * height * 3))
    }
}
