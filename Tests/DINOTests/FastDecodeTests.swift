import DINO
import Foundation
import Images
import Tensors
import TestSupport
import Testing

/// Features of photographs that are decoded at a fraction of their size.
@Suite struct FastDecodeTests {
    @Test func isAnotherModel() throws {
        let tiny = try TinyModel()
        defer { tiny.remove() }
        let exact = try tiny.load()
        let fast = try Model.load(tiny.folder.path, fastDecode: true, on: Compute(threads: 1))
        #expect(fast.fastDecode && !exact.fastDecode)
        #expect(fast.fingerprint != exact.fingerprint)
    }

    @Test func asksForTheInputOfTheFastDecoder() throws {
        let tiny = try TinyModel()
        defer { tiny.remove() }
        let exact = try tiny.load()
        let fast = try Model.load(tiny.folder.path, fastDecode: true, on: Compute(threads: 1))
        var random = SeededGenerator(seed: 2)
        let picture = RGBImage(width: 96, height: 96, pixels: random.bytes(96 * 96 * 3))
        let (jpeg, png) = (try picture.jpeg(quality: 90), try picture.png())
        #expect(try exact.input(of: jpeg, side: 12) == exact.preprocessing(ImageDecoder.decode(jpeg), side: 12))
        #expect(try fast.input(of: jpeg, side: 12) != exact.input(of: jpeg, side: 12))
        #expect(try fast.input(of: png, side: 12) == exact.input(of: png, side: 12))
    }

    /// The bound of docs/models.md, with the weights in the checkout on the photographs beside it: 64 pixels leave the resize
    /// three times as many for the most part, 88 little more than twice.
    @Test(.enabled(if: Fixtures.wanted), arguments: [64, 88])
    func featuresOfPhotographsStayNear(side: Int) throws {
        let folder = URL(filePath: #filePath).appending(path: "../../../weights/dino-vit-tiny-8-64").standardizedFileURL
        let compute = try Compute(threads: 2)
        let exact = try Model.load(folder.path, on: compute)
        let fast = try Model.load(folder.path, fastDecode: true, on: compute)
        func features(_ model: Model, _ file: [UInt8]) throws -> Tensor {
            let input = try model.input(of: file, side: side)
            return try model.transformer.forward(Tensor(shape: [1, 3, side, side], scalars: input.scalars)).cls
        }
        let files = try SharedFolder.photographs()
        #expect(files.count >= 100)
        for file in files {
            let cosine = try features(exact, file).smallestCosine(to: features(fast, file))
            #expect(cosine >= 0.999)
        }
    }
}
