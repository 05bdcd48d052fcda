import DINO
import Foundation
import Tensors
import Testing

/// Arithmetic with less than float32.
@Suite struct PrecisionTests {
    private static let compute = try? Compute(threads: 2)

    private static func supports(_ precision: Precision) -> Bool { compute?.supports(precision) == true }

    @Test(.enabled(if: Fixtures.wanted), arguments: ParityTests.models, [Precision.bf16, .int8])
    func everyOutputIsNearTheReferences(_ paths: (String, String), _ precision: Precision) throws {
        guard Self.supports(precision) else { return }
        let compute = try #require(Self.compute)
        let model = try Model.load(Fixtures.model(paths.0), precision: precision, on: compute)
        let expected = try Fixtures.tensors("\(paths.1)/expected.safetensors")
        for (name, input) in expected where name.hasSuffix("/input") {
            let size = name.dropLast("/input".count)
            let outputs = FeatureOutputs(patches: true, clsAttention: true)
            let found = try model.transformer.forward(input, outputs: outputs)
            let cls = Agreement(found.cls, try #require(expected["\(size)/cls"])).cosine
            let patches = Agreement(try #require(found.patches), try #require(expected["\(size)/patches"])).cosine
            #expect(cls >= (precision == .bf16 ? 0.9995 : 0.999), "\(paths.0) \(size)")
            #expect(patches >= (precision == .bf16 ? 0.9995 : 0.995), "\(paths.0) \(size)")
        }
    }

    @Test func eachPrecisionIsAnotherModel() throws {
        let tiny = try TinyModel()
        defer { tiny.remove() }
        _ = try tiny.load()
        let compute = try Compute(threads: 1)
        let models = try Precision.allCases.filter(compute.supports).map {
            try Model.load(tiny.folder.path, precision: $0, on: compute)
        }
        #expect(Set(models.map(\.fingerprint)).count == models.count)
        #expect(models.map(\.precision) == Precision.allCases.filter(compute.supports))
    }

    @Test func aProcessorWithoutItsInstructionsRefusesAPrecision() throws {
        let tiny = try TinyModel()
        defer { tiny.remove() }
        _ = try tiny.write()
        let compute = try Compute(threads: 1, instructionSet: "portable")
        for precision in [Precision.bf16, .int8] {
            let said = message { try Model.load(tiny.folder.path, precision: precision, on: compute) }
            #expect(said.contains("no instructions for \(precision.rawValue)"), "\(said)")
        }
        let (model, trials) = try Model.load(tiny.folder.path, precision: .auto, on: compute)
        #expect(model.precision == .fp32 && trials.isEmpty)
    }

    @Test(.enabled(if: supports(.int8), "this processor multiplies no bytes"))
    func theFastestThatSufficesIsTaken() throws {
        let tiny = try TinyModel()
        defer { tiny.remove() }
        _ = try tiny.write()
        let (model, trials) = try Model.load(tiny.folder.path, precision: .auto, on: Compute(threads: 1))
        #expect(model.precision == .int8)
        #expect(trials.map(\.precision) == [.int8] && trials.allSatisfy { $0.cosine >= 0.999 && $0.cosine <= 1 })
    }

    /// One channel a thousand times as large as the others takes all steps of 8 bits for itself; bfloat16 keeps both.
    @Test(.enabled(if: supports(.int8) && supports(.bf16), "this processor has not both"))
    func oneThatDoesNotSufficeIsPassedOver() throws {
        var tiny = try TinyModel()
        defer { tiny.remove() }
        for block in 0..<2 {
            tiny.tensors["blocks.\(block).norm2.weight"]?.scalars[5] = 4000
            for row in 0..<256 { tiny.tensors["blocks.\(block).mlp.fc1.weight"]?.scalars[row * 64 + 5] = 0 }
            for row in 0..<64 {
                for column in 0..<256 {
                    tiny.tensors["blocks.\(block).mlp.fc2.weight"]?.scalars[row * 256 + column] *= 40
                }
            }
        }
        _ = try tiny.write()
        let (model, trials) = try Model.load(tiny.folder.path, precision: .auto, on: Compute(threads: 1))
        #expect(trials.map(\.precision) == [.int8, .bf16])
        #expect(trials.map(\.isSufficient) == [false, true], "\(trials)")
        #expect(model.precision == .bf16)
    }

    @Test func choicesHaveNames() {
        #expect(PrecisionChoice("auto") == .auto && PrecisionChoice("int8") == .exactly(.int8))
        #expect(PrecisionChoice("fp16") == nil && PrecisionChoice("") == nil)
    }
}
