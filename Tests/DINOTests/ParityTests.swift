import DINO
import Foundation
import Tensors
import Testing

/// Every reference model at every size gives the reference's numbers.
@Suite(.enabled(if: Fixtures.wanted)) struct ParityTests {
    static let models = [
        ("dino-patch16/checkpoint.pth", "dino-patch16"),
        ("dino-patch16/checkpoint.safetensors", "dino-patch16"),
        ("dino-patch8/checkpoint.pth", "dino-patch8"),
        ("dino-patch8/checkpoint-legacy.pth", "dino-patch8"),
        ("dino-training-checkpoint", "dino-patch16"),
        ("dinov2-patch14", "dinov2-patch14"),
        ("dinov2-patch14-reg4", "dinov2-patch14-reg4"),
        ("dinov2-patch14-swiglu", "dinov2-patch14-swiglu"),
        ("hf-dinov2", "hf-dinov2"),
        ("hf-dinov2-reg4", "hf-dinov2-reg4"),
        ("hf-vit-dino", "hf-vit-dino"),
    ]

    @Test(arguments: models)
    func everyOutputEqualsTheReferences(_ path: String, _ reference: String) throws {
        let compute = try Compute(threads: 2)
        let model = try Model.load(Fixtures.model(path), on: compute)
        let expected = try Fixtures.tensors("\(reference)/expected.safetensors")
        let sizes = expected.keys.filter { $0.hasSuffix("/input") }.map { String($0.dropLast("/input".count)) }
        #expect(!sizes.isEmpty)
        for size in sizes {
            guard let input = expected["\(size)/input"] else { continue }
            let outputs = FeatureOutputs(patches: true, registers: true, clsAttention: true, lastBlocks: 2)
            let found = try model.transformer.forward(input, outputs: outputs)
            let pairs: [(String, Tensor?)] = [
                ("cls", found.cls), ("patches", found.patches), ("register_tokens", found.registers),
                ("cls_attention", found.clsAttention), ("penultimate_tokens", found.lastBlocks.first),
            ]
            for (name, tensor) in pairs {
                guard let reference = expected["\(size)/\(name)"] else {
                    #expect(name != "cls" && name != "patches", "\(reference) has no \(size)/\(name)")
                    continue
                }
                let agreement = Agreement(try #require(tensor), reference)
                #expect(agreement.holds, "\(path) \(size)/\(name): \(agreement)")
            }
            if let masks = expected["\(size)/mask60"], let attention = found.clsAttention {
                #expect(keepMass(attention) == masks.scalars, "\(path) \(size)/mask60")
            }
        }
    }

    private func keepMass(_ attention: Tensor) -> [Float] {
        let width = attention.shape[2]
        return stride(from: 0, to: attention.count, by: width).flatMap { start in
            AttentionMask.keepingMass(0.6, of: attention.scalars[start..<start + width])
        }
    }

    @Test func everyInstructionSetAndNumberOfThreadsAgrees() throws {
        let expected = try Fixtures.tensors("dinov2-patch14-reg4/expected.safetensors")
        let input = try #require(expected["266x196/input"]), cls = try #require(expected["266x196/cls"])
        for name in ["avx512", "avx2", "portable"] {
            for threads in [1, 3] {
                guard let compute = try? Compute(threads: threads, instructionSet: name) else { continue }
                let model = try Model.load(Fixtures.model("dinov2-patch14-reg4"), on: compute)
                let agreement = Agreement(try model.transformer.forward(input).cls, cls)
                #expect(agreement.holds, "\(name), \(threads) threads: \(agreement)")
            }
        }
    }

    @Test func askingForCLSAloneChangesNothing() throws {
        let compute = try Compute(threads: 2)
        let model = try Model.load(Fixtures.model("dino-patch16/checkpoint.pth"), on: compute)
        let input = try #require(try Fixtures.tensors("dino-patch16/expected.safetensors")["224x224/input"])
        let alone = try model.transformer.forward(input).cls
        let all = try model.transformer.forward(input, outputs: FeatureOutputs(patches: true)).cls
        #expect(Agreement(alone, all).relative < 1e-5)
    }

    @Test func anImagesFeaturesDoNotDependOnItsNeighbours() throws {
        let compute = try Compute(threads: 2)
        let model = try Model.load(Fixtures.model("dino-patch8/checkpoint.pth"), on: compute)
        let image = 3 * 56 * 64
        let batch = Tensor(
            shape: [3, 3, 56, 64], scalars: (0..<3 * image).map { Float($0 * 7919 % 4001) / 1000 - 2 })
        let together = try model.transformer.forward(batch, outputs: FeatureOutputs(patches: true))
        for index in 0..<3 {
            let one = Tensor(shape: [1, 3, 56, 64], scalars: Array(batch.scalars[index * image..<(index + 1) * image]))
            let alone = try model.transformer.forward(one, outputs: FeatureOutputs(patches: true))
            let rows = 56 * 128
            let expected = Tensor(
                shape: [1, 56, 128],
                scalars: Array(try #require(together.patches).scalars[index * rows..<(index + 1) * rows]))
            #expect(Agreement(try #require(alone.patches), expected).relative < 1e-5)
        }
    }
}
