import Images
import TestSupport

extension SeededGenerator {
    /// A picture of noise.
    mutating func image(width: Int, height: Int) -> RGBImage {
        RGBImage(width: width, height: height, pixels: bytes(width * height * 3))
    }
}
