import DINO
import Foundation
import Tensors
import Testing

/// Arithmetic with less than float32.
@Suite struct PrecisionTests {
    private static func supports(_ precision: Precision) -> Bool {
        (try? Compute(threads: 1))?.supports(precision) == true
    }

    @Test(
        .enabled(if: Fixtures.wanted), .enabled(if: supports(.bf16), "this processor has no bfloat16"),
        arguments: ParityTests.models)
    func roundedToBfloat16EveryOutputIsNearTheReferences(_ path: String, _ reference: String) throws {
        try compare(path, reference, .bf16, cls: 0.9995, patches: 0.9995)
    }

    @Test(
        .enabled(if: Fixtures.wanted), .enabled(if: supports(.int8), "this processor multiplies no bytes"),
        arguments: ParityTests.models, [nil, "avx512"])
    func roundedToBytesEveryOutputIsNearTheReferences(_ paths: (String, String), _ instructions: String?) throws {
        try compare(paths.0, paths.1, .int8, on: instructions, cls: 0.999, patches: 0.995)
    }

    private func compare(
        _ path: String, _ reference: String, _ precision: Precision, on instructions: String? = nil, cls: Double,
        patches: Double
    ) throws {
        let compute = try Compute(threads: 2, instructionSet: instructions)
        let model = try Model.load(Fixtures.model(path), precision: precision, on: compute)
        let expected = try Fixtures.tensors("\(reference)/expected.safetensors")
        let inputs = expected.filter { $0.key.hasSuffix("/input") }
        #expect(!inputs.isEmpty)
        for (name, input) in inputs {
            let size = name.dropLast("/input".count)
            let found = try model.transformer.forward(input, outputs: FeatureOutputs(patches: true))
            let foundPatches = try #require(found.patches)
            #expect(Agreement(found.cls, try #require(expected["\(size)/cls"])).cosine >= cls, "\(path) \(size)")
            let agreement = Agreement(foundPatches, try #require(expected["\(size)/patches"]))
            #expect(agreement.cosine >= patches, "\(path) \(size)")
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

    /// What is computed beside 8 bits differs between processors, and so does the fingerprint.
    @Test(.enabled(if: supports(.int8) && supports(.bf16), "this processor has not both"))
    func bytesBesideBfloat16AreAnotherModelThanBytesBesideFloats() throws {
        let tiny = try TinyModel()
        defer { tiny.remove() }
        _ = try tiny.write()
        let models = try [nil, "avx512"].map {
            try Model.load(tiny.folder.path, precision: .int8, on: Compute(threads: 1, instructionSet: $0))
        }
        #expect(models[0].fingerprint != models[1].fingerprint)
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
