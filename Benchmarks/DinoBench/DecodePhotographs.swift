import ArgumentParser
import Foundation
import Images

/// The JPEG files of the decode benchmark, in a folder of its own.
struct DecodePhotographs {
    /// A file and what it is.
    struct Photograph {
        let name: String
        let path: String
        let bytes: [UInt8]
    }

    let all: [Photograph]

    /// A photograph of 500 × 375 pixels of `source` as it is, and 12 megapixels: sixteen of them side by side, each twice as
    /// wide and high, which leaves detail of about the fineness that a camera has.
    init(in folder: URL) throws {
        let source = Checkout.root.appendingPathComponent("../shared/data/photos")
        let names = try FileManager.default.contentsOfDirectory(atPath: source.path).filter { $0.hasSuffix(".jpg") }
        let files = try names.sorted().map { [UInt8](try Data(contentsOf: source.appendingPathComponent($0))) }
            .filter { file in
                let info = try ImageDecoder.info(file)
                return (info.width, info.height, info.orientation) == (500, 375, .upright)
            }
        guard files.count >= 16 else {
            throw ValidationError("\(source.path) needs 16 photographs of 500×375, there are \(files.count)")
        }
        // By size in the middle, so that the one is neither the easiest nor the hardest to decode.
        let middle = files.sorted { $0.count < $1.count }[files.count / 2]
        let large = try Self.mosaic(files.prefix(16).map { try ImageDecoder.decode($0) }).jpeg(quality: 90)
        all = try [("500×375", middle), ("4000×3000", large)].map { name, bytes in
            let url = folder.appendingPathComponent("\(name).jpg")
            try Data(bytes).write(to: url)
            return Photograph(name: name, path: url.path, bytes: bytes)
        }
    }

    /// Four rows of four pictures of 500 × 375, each twice as wide and high.
    private static func mosaic(_ pictures: [RGBImage]) -> RGBImage {
        let tiles = pictures.map { $0.resized(width: 1000, height: 750, filter: .bicubic) }
        var pixels = [UInt8]()
        pixels.reserveCapacity(4000 * 3000 * 3)
        for y in 0..<3000 {
            for column in 0..<4 {
                let start = y % 750 * 3000
                pixels.append(contentsOf: tiles[y / 750 * 4 + column].pixels[start..<start + 3000])
            }
        }
        return RGBImage(width: 4000, height: 3000, pixels: pixels)
    }
}
