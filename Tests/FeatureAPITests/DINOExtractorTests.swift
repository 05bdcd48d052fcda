import DINO
import FeatureAPI
import Foundation
import Images
import Tensors
import TestSupport
import Testing

/// The inputs that a model's extractor makes of files: one and the same for every purpose.
@Suite struct DINOExtractorTests {
    private static let folder = URL(filePath: #filePath).appending(path: "../../../weights/dino-vit-tiny-8-64")
        .standardizedFileURL.path

    private func extractor(fast: Bool) throws -> DINOExtractor {
        DINOExtractor(try Model.load(Self.folder, fastDecode: fast, on: Compute(threads: 1)))
    }

    private func file() throws -> [UInt8] {
        var random = SeededGenerator(seed: 9)
        return try RGBImage(width: 600, height: 400, pixels: random.bytes(600 * 400 * 3)).jpeg(quality: 90)
    }

    @Test(arguments: [false, true]) func preparesTheSameInputForEveryPurpose(fast: Bool) throws {
        let (extractor, file) = (try extractor(fast: fast), try file())
        let input = try extractor.prepare(file, size: 64)
        let toKeep = try extractor.prepareToKeep(file, size: 64)
        let toShow = try extractor.prepareToShow(file, size: 64)
        #expect(toKeep.input == input && toShow.input == input)
        #expect((toKeep.kept.width, toKeep.kept.height) == (600, 400))
        let thumbnail = try ImageDecoder.decode(toKeep.kept.thumbnail)
        #expect((thumbnail.width, thumbnail.height) == (256, 171))
        #expect(try toShow.image == ImageDecoder.decode(file))
    }

    /// The thumbnail alone could be made of a fraction of the panorama, and of no other format is there one.
    @Test func oneDecodingServesAllWhereTheInputNeedsEveryPixel() throws {
        let (exact, fast) = (try extractor(fast: false), try extractor(fast: true))
        var random = SeededGenerator(seed: 11)
        let panorama = RGBImage(width: 1_200, height: 180, pixels: random.bytes(1_200 * 180 * 3))
        for file in [try panorama.jpeg(quality: 90), try panorama.png()] {
            let (input, kept) = try exact.prepareToKeep(file, size: 64)
            let (sameInput, sameKept) = try fast.prepareToKeep(file, size: 64)
            #expect(sameInput == input && sameKept == kept)
            #expect(try fast.prepareToShow(file, size: 64).input == input)
        }
    }

    @Test func fastDecodingIsAnotherModelAndSaysSo() throws {
        let (exact, fast, file) = (try extractor(fast: false), try extractor(fast: true), try file())
        #expect(!exact.model.fastDecode && fast.model.fastDecode)
        #expect(exact.model.fingerprint != fast.model.fingerprint)
        #expect(try exact.prepare(file, size: 64) != fast.prepare(file, size: 64))
    }

    @Test(arguments: [false, true]) func refusesACutFileForEveryPurpose(fast: Bool) throws {
        let extractor = try extractor(fast: fast)
        let cut = Array(try file().dropLast(1_000))
        #expect(throws: FeatureAPIError.self) { try extractor.prepare(cut, size: 64) }
        #expect(throws: FeatureAPIError.self) { try extractor.prepareToKeep(cut, size: 64) }
        #expect(throws: FeatureAPIError.self) { try extractor.prepareToShow(cut, size: 64) }
    }
}
