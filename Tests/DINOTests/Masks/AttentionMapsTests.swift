import DINO
import Foundation
import Tensors
import Testing

@Suite struct AttentionMapsTests {
    private let attention = Tensor(shape: [2, 4], scalars: [0.1, 0.2, 0.3, 0.2, 0.4, 0, 0.1, 0.2])

    @Test func meanAndMaxAreOfTheHeads() {
        let maps = AttentionMaps(attention, gridHeight: 2, gridWidth: 2)
        #expect(maps[.head(1)] == [0.4, 0, 0.1, 0.2])
        #expect(maps[.mean] == [0.25, 0.1, 0.2, 0.2])
        #expect(maps[.max] == [0.4, 0.2, 0.3, 0.2])
    }

    @Test func excludedPatchesHoldNothing() {
        let maps = AttentionMaps(attention, gridHeight: 1, gridWidth: 4, excluding: [0])
        #expect(maps[.mean][0] == 0 && maps.excluded == [0])
        #expect(maps.mask(.head(0), keepingMass: 0.6).cells == [2, 3])
    }

    @Test func artefactsAreFarLongerThanTheMedian() {
        #expect(ArtefactTokens.patches(norms: [10, 12, 400, 11, 9, 31, 90]) == [2, 6])
        #expect(ArtefactTokens.patches(norms: [10]).isEmpty && ArtefactTokens.patches(norms: []).isEmpty)
    }

    /// What `torch.sort(stable=True)` gives; without `stable` the order of equal weights is left open.
    @Test func ofEqualWeightsTheLaterAreKept() {
        #expect(AttentionMask.keepingMass(0.6, of: [0.25, 0.25, 0.25, 0.25]) == [0, 1, 1, 1])
        #expect(AttentionMask.keepingMass(0.3, of: [0.125, 0.25, 0.25, 0.125, 0.25]) == [0, 0, 1, 0, 1])
        let many = AttentionMask.keepingMass(0.6, of: [Float](repeating: 1 / 1024, count: 1024))
        #expect(many == (0..<1024).map { $0 < 409 ? 0 : 1 })
    }

    /// The reference's masks on its own attention, of grids that are no squares too, as patches and as pixels: its
    /// up-sampling repeats each patch.
    @Test(
        .enabled(if: Fixtures.wanted),
        arguments: ["dino-patch16", "dino-patch8", "dinov2-patch14", "dinov2-patch14-reg4", "dinov2-patch14-swiglu"])
    func masksAreVisualizeAttentions(_ reference: String) throws {
        let expected = try Fixtures.tensors("\(reference)/expected.safetensors")
        let patch = Int(try #require(reference.split(separator: "patch").last?.prefix { $0.isNumber })) ?? 0
        let sizes = expected.keys.filter { $0.hasSuffix("/mask60") }.map { String($0.dropLast("/mask60".count)) }
        #expect(!sizes.isEmpty)
        for size in sizes {
            let sides = size.split(separator: "x").compactMap { Int($0) }
            let (height, width) = (sides[0] / patch, sides[1] / patch)
            let attention = try #require(expected["\(size)/cls_attention"])
            let masks = try #require(expected["\(size)/mask60"])
            let length = attention.count / attention.shape[0]
            for image in 0..<attention.shape[0] {
                let maps = AttentionMaps(
                    Tensor(
                        shape: Array(attention.shape.dropFirst()),
                        scalars: Array(attention.scalars[image * length..<(image + 1) * length])),
                    gridHeight: height, gridWidth: width)
                for head in maps.heads.indices {
                    let start = image * length + head * height * width
                    let kept = masks.scalars[start..<start + height * width].map { $0 == 1 }
                    let mask = maps.mask(.head(head), keepingMass: 0.6)
                    #expect(mask.kept == kept, "\(reference) \(size) image \(image) head \(head)")
                    let pixels = PlacedMask(
                        mask, columns: (0...width).map { $0 * patch }, rows: (0...height).map { $0 * patch },
                        imageWidth: width * patch, imageHeight: height * patch
                    ).pixels
                    #expect(
                        pixels.kept
                            == (0..<height * width * patch * patch).map {
                                kept[$0 / (width * patch) / patch * width + $0 % (width * patch) / patch]
                            })
                }
            }
        }
    }

    @Test func normsAreThoseBeforeTheFinalNorm() throws {
        let tiny = try TinyModel()
        defer { tiny.remove() }
        let model = try tiny.load()
        let input = Tensor(shape: [2, 3, 8, 12], scalars: (0..<2 * 3 * 8 * 12).map { Float($0 % 23) / 10 - 1 })
        let outputs = try model.transformer.forward(input, outputs: .init(patches: true, patchNorms: true))
        let norms = try #require(outputs.patchNorms)
        #expect(norms.shape == [2, 6])
        #expect(norms.scalars.allSatisfy { $0 > 0 && $0.isFinite })
        #expect(try model.transformer.forward(input, outputs: .init(patchNorms: true)).patchNorms == norms)
        #expect(try model.transformer.forward(input).patchNorms == nil)
    }
}
