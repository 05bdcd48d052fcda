import Images
import TestSupport
import Testing

/// Random damage: whatever comes in, a picture of the announced size or a typed error comes out.
@Suite struct MutationTests {
    @Test(arguments: OwnFixtures.names)
    func survivesFlippedBytes(name: String) throws {
        var random = SeededGenerator(seed: 23)
        let bytes = try OwnFixtures.bytes(name)
        for _ in 0..<150 {
            var damaged = bytes
            for _ in 0..<Int.random(in: 1...6, using: &random) {
                damaged[Int.random(in: 0..<damaged.count, using: &random)] = .random(in: 0...255, using: &random)
            }
            decode(damaged)
        }
    }

    @Test(arguments: OwnFixtures.names.filter { $0.hasSuffix("png") })
    func survivesFlippedBytesBehindRightChecksums(name: String) throws {
        var random = SeededGenerator(seed: 29)
        let file = try PNGFile(OwnFixtures.bytes(name))
        for _ in 0..<100 {
            var damaged = file
            let index = Int.random(in: 0..<file.chunks.count - 1, using: &random)
            let length = file.chunks[index].content.count
            damaged.chunks[index].content[.random(in: 0..<length, using: &random)] = .random(
                in: 0...255, using: &random)
            decode(damaged.bytes)
        }
    }

    @Test(arguments: OwnFixtures.names)
    func survivesMovedAndRepeatedPieces(name: String) throws {
        var random = SeededGenerator(seed: 31)
        let bytes = try OwnFixtures.bytes(name)
        for _ in 0..<100 {
            let start = Int.random(in: 0..<bytes.count, using: &random)
            let piece = bytes[start..<min(bytes.count, start + .random(in: 1...64, using: &random))]
            var damaged = bytes
            damaged.insert(contentsOf: piece, at: .random(in: 0...bytes.count, using: &random))
            if Bool.random(using: &random) { damaged.removeSubrange(start..<start + piece.count) }
            decode(damaged)
        }
    }

    /// Decodes under limits that keep a lying header from costing the test much time.
    private func decode(_ bytes: [UInt8]) {
        var limits = ImageLimits()
        limits.maximumPixels = 200_000
        guard let image = try? ImageDecoder.decode(bytes, limits: limits) else { return }
        let info = try? ImageDecoder.info(bytes, limits: limits)
        #expect(image.pixels.count == image.width * image.height * 3)
        #expect(Set([image.width, image.height]) == Set([info?.width, info?.height].compactMap { $0 }))
    }
}
