import DINO
import Tensors
import Testing

@Suite struct VisionTransformerTests {
    @Test(arguments: [[3, 12, 12], [1, 1, 12, 12], [0, 3, 12, 12], [1, 3, 13, 12], [1, 3, 12, 0], [1, 3, 2, 12]])
    func inputsOfOtherShapesAreRefused(_ shape: [Int]) throws {
        let tiny = try TinyModel()
        defer { tiny.remove() }
        let model = try tiny.load()
        #expect(throws: ModelError.self) { try model.transformer.forward(Tensor(zeros: shape)) }
    }

    @Test func anImageBeyondTheTokenLimitIsRefusedWithBothNumbers() throws {
        let tiny = try TinyModel()
        defer { tiny.remove() }
        _ = try tiny.load()
        let model = try Model.load(tiny.folder.path, on: Compute(threads: 1), maximumTokens: 10)
        _ = try model.transformer.forward(Tensor(zeros: [1, 3, 12, 12]))
        let said = message { try model.transformer.forward(Tensor(zeros: [1, 3, 16, 12])) }
        #expect(said.contains("13 tokens") && said.contains("10"), "\(said)")
    }

    @Test func aBatchBeyondTheTokenLimitGoesInPartsToTheSameEnd() throws {
        let tiny = try TinyModel()
        defer { tiny.remove() }
        var input = Tensor(zeros: [5, 3, 12, 12])
        for i in input.scalars.indices { input.scalars[i] = Float(i % 89) / 40 - 1 }
        let outputs = FeatureOutputs(patches: true, clsAttention: true, lastBlocks: 2)
        let whole = try tiny.load().transformer.forward(input, outputs: outputs)
        let model = try Model.load(tiny.folder.path, on: Compute(threads: 1), maximumTokens: 21)
        let parts = try model.transformer.forward(input, outputs: outputs)
        #expect(Agreement(parts.cls, whole.cls).relative < 1e-5)
        #expect(Agreement(try #require(parts.patches), try #require(whole.patches)).relative < 1e-5)
        #expect(Agreement(try #require(parts.clsAttention), try #require(whole.clsAttention)).relative < 1e-5)
        #expect(parts.lastBlocks.map(\.shape) == whole.lastBlocks.map(\.shape))
    }

    /// The sizes a client asks for come and go; what was computed for one must not leak into another.
    @Test func sizesMayAlternate() throws {
        let tiny = try TinyModel()
        defer { tiny.remove() }
        let model = try tiny.load()
        let sizes = [(12, 12), (4, 4), (40, 8), (8, 40), (64, 64)]
        func features(_ size: (Int, Int)) throws -> Tensor {
            var input = Tensor(zeros: [1, 3, size.0, size.1])
            for i in input.scalars.indices { input.scalars[i] = Float(i % 31) / 15 - 1 }
            return try model.transformer.forward(input, outputs: FeatureOutputs(patches: true)).patches ?? input
        }
        let first = try sizes.map(features), second = try sizes.reversed().map(features).reversed()
        #expect(first == Array(second))
    }

    @Test func everyOutputHasItsShape() throws {
        let tiny = try TinyModel(
            Architecture(
                family: .dinov2, embedDim: 128, depth: 3, heads: 2, patchSize: 4, registers: 2, gridSize: 3))
        defer { tiny.remove() }
        let features = try tiny.load().transformer.forward(
            Tensor(zeros: [2, 3, 8, 20]),
            outputs: FeatureOutputs(patches: true, registers: true, clsAttention: true, lastBlocks: 9))
        #expect(features.gridHeight == 2 && features.gridWidth == 5)
        #expect(features.cls.shape == [2, 128])
        #expect(features.patches?.shape == [2, 10, 128])
        #expect(features.registers?.shape == [2, 2, 128])
        #expect(features.clsAttention?.shape == [2, 2, 10])
        #expect(features.lastBlocks.map(\.shape) == [[2, 11, 128], [2, 11, 128], [2, 11, 128]])
    }

    @Test func theLastOfTheLastBlocksIsTheOutput() throws {
        let tiny = try TinyModel()
        defer { tiny.remove() }
        var input = Tensor(zeros: [1, 3, 12, 12])
        for i in input.scalars.indices { input.scalars[i] = Float(i % 11) / 11 }
        let features = try tiny.load().transformer.forward(input, outputs: FeatureOutputs(patches: true, lastBlocks: 1))
        let last = try #require(features.lastBlocks.first)
        #expect(Array(last.scalars.prefix(64)) == features.cls.scalars)
        #expect(Array(last.scalars.dropFirst(64)) == features.patches?.scalars)
    }

    @Test func normalisedVectorsHaveLengthOneAndZeroStaysZero() {
        let tensor = Tensor(shape: [2, 3], scalars: [3, 0, 4, 0, 0, 0]).l2Normalized()
        #expect(tensor.scalars == [0.6, 0, 0.8, 0, 0, 0])
    }

    @Test func aMaskKeepsTheSmallestSetWithTheMass() {
        #expect(AttentionMask.keepingMass(0.6, of: [0.1, 0.5, 0.2, 0.2]) == [0, 1, 0, 1])
        #expect(AttentionMask.keepingMass(1, of: [0.25, 0.75]) == [1, 1])
        #expect(AttentionMask.keepingMass(0.6, of: [0, 0]) == [0, 0])
        #expect(AttentionMask.keepingMass(0.6, of: []) == [])
    }
}
