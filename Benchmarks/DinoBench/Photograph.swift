import Foundation
import Images

/// The photograph that requests carry.
enum Photograph {
    /// One of 500×375 from the folder beside the checkout, of usual size for its pixels; drawn where there is none.
    static func sample() throws -> [UInt8] {
        let file = Checkout.root.appendingPathComponent("../shared/data/photos/n02093991_Irish_terrier.jpg")
        return try (try? Data(contentsOf: file)).map { [UInt8]($0) } ?? drawing()
    }

    /// A picture as large and as full of edges as a photograph.
    private static func drawing() throws -> [UInt8] {
        let (width, height) = (500, 375)
        let pixels = (0..<width * height).flatMap { pixel in
            let (x, y) = (pixel % width, pixel / width)
            return [UInt8(x * 255 / width), UInt8(y * 255 / height), UInt8((x / 50 + y / 50) % 2 * 200)]
        }
        return try RGBImage(width: width, height: height, pixels: pixels).jpeg(quality: 90)
    }
}
