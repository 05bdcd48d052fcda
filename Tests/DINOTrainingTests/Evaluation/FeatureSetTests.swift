import DINO
import DINOTraining
import Foundation
import Images
import Tensors
import TestSupport
import Testing

@Suite struct FeatureSetTests {
    private let folder: EvaluationFolder

    init() throws { folder = try EvaluationFolder() }

    private func photographs(_ name: String, limit: Int? = nil) throws -> LabelledPhotographs {
        try LabelledPhotographs.find(folder.url.appending(path: name), limit: limit)
    }

    private func source(_ kind: ModelFeatures.Kind, size: Int? = nil) throws -> ModelFeatures {
        try ModelFeatures(Model.load(folder.model, on: Compute(threads: 2)), kind: kind, size: size)
    }

    /// More images than go through the network at once.
    @Test func rowsAreTheModelsAnswersInTheOrderOfTheNames() throws {
        try folder.writeImages("train", count: 40)
        let source = try source(.cls)
        let set = try FeatureSet.extract(source, from: photographs("train"), normalized: true, threads: 3)
        #expect(set.features.shape == [80, 64])
        #expect(set.labels == (0..<80).map { $0 / 40 })
        let names = (0..<40).map { "dog/\($0).png" }.sorted()
        let bytes = try Data(contentsOf: folder.url.appending(path: "train/\(names[7])"))
        let input = try source.model.preprocessing(ImageDecoder.decode([UInt8](bytes)), side: 12)
        let alone = try source.model.transformer.forward(input.reshaped([1, 3, 12, 12])).cls.unitRows
        for (found, expected) in zip(set.row(47), alone.scalars) { #expect(abs(found - expected) < 1e-5) }
    }

    @Test func theLastFourBlocksAndTheMeanPatchStandSideBySide() throws {
        let input = Tensor(shape: [2, 3, 12, 12], scalars: (0..<864).map { Float($0 % 29) / 14 - 1 })
        let source = try source(.lastFourCLS)
        let features = try source.features(input)
        #expect(features.shape == [2, 256])
        let blocks = try source.model.transformer.forward(input, outputs: .init(lastBlocks: 4)).lastBlocks
        let tokens = blocks[1].shape[1]
        #expect(
            Array(features.scalars[256 + 64..<256 + 128]) == Array(blocks[1].scalars[tokens * 64..<tokens * 64 + 64]))

        let both = try self.source(.clsAndMeanPatch).features(input)
        let expected = try source.model.transformer.forward(input, outputs: .init(patches: true))
        let patches = try #require(expected.patches)
        #expect(Array(both.scalars[128..<192]) == Array(expected.cls.scalars[64..<128]))
        var mean: Float = 0
        for patch in 9..<18 { mean += patches.scalars[patch * 64 + 5] / 9 }
        #expect(abs(both.scalars[192 + 5] - mean) < 1e-5)
    }

    /// A file that is damaged between the two passes of a comparison.
    @Test func featuresOfOtherPhotographsAreNotCompared() throws {
        try folder.writeImages("train")
        let found = try photographs("train"), source = try RawPixels(side: 4)
        func extract() throws -> FeatureSet {
            try FeatureSet.extract(source, from: found, normalized: false, threads: 2)
        }
        let first = try extract()
        try first.requireSamePhotographs(as: extract())
        try folder.write("train/cat/3.png", Data("no image".utf8))
        let error = #expect(throws: EvaluationError.self) { try extract().requireSamePhotographs(as: first) }
        #expect(error?.description.contains("'cat/3.png' could be read for one of them only") == true)
    }

    @Test func whatCannotBeDecodedIsListedAndLeftOut() throws {
        try folder.writeImages("train")
        try folder.write("train/cat/3.png", Data("no image".utf8))
        let set = try FeatureSet.extract(
            RawPixels(side: 4), from: photographs("train"), normalized: false, threads: 2)
        #expect(set.count == 23)
        #expect(set.labels.count { $0 == 0 } == 11)
        #expect(set.skipped.map(\.name) == ["cat/3.png"])
    }

    @Test func aFolderWithNothingToDecodeIsAnError() throws {
        try folder.write("train/cat/1.png", Data("a".utf8))
        try folder.write("train/dog/1.png", Data("b".utf8))
        let error = #expect(throws: EvaluationError.self) {
            try FeatureSet.extract(RawPixels(side: 4), from: photographs("train"), normalized: false, threads: 2)
        }
        #expect("\(try #require(error))".contains("none of the 2 images"))
    }

    @Test func aLimitTakesAsManyOfEachClass() throws {
        try folder.writeImages("train")
        #expect(try photographs("train", limit: 6).count == 6)
        let set = try FeatureSet.extract(
            RawPixels(side: 4), from: photographs("train", limit: 6), normalized: false, threads: 1)
        #expect(set.labels == [0, 0, 0, 1, 1, 1])
    }

    @Test func refusesASizeThatDoesNotDivideIntoPatches() throws {
        #expect(throws: EvaluationError.size(30, patch: 4)) { try source(.cls, size: 30) }
    }

    @Test func rawPixelsAreTheNormalisedPicture() throws {
        let picture = RGBImage(width: 1, height: 1, pixels: [255, 0, 128])
        let source = try RawPixels(side: 1)
        let row = source.features(source.input(picture).reshaped([1, 3, 1, 1]))
        let expected: [Float] = [(1 - 0.485) / 0.229, -0.456 / 0.224, (128.0 / 255 - 0.406) / 0.225]
        #expect(row.shape == [1, 3])
        for (found, wanted) in zip(row.scalars, expected) { #expect(abs(found - wanted) < 1e-5) }
    }

    @Test func randomWeightsHaveTheModelsShapeAndFollowFromTheSeed() throws {
        let compute = try Compute(threads: 1), model = try Model.load(folder.model, on: compute)
        let models = try [1, 1, 2].map { try RandomWeights.model(like: model, seed: $0, on: compute) }
        #expect(models[0].architecture == model.architecture)
        #expect(models[0].preprocessing == model.preprocessing)
        #expect(models[0].fingerprint == models[1].fingerprint)
        #expect(models[0].fingerprint != models[2].fingerprint)
    }
}
