import Checkpoints
import Foundation
import TestSupport
import Testing

@Suite(.enabled(if: Fixtures.isAvailable, "../shared is absent"))
struct CheckpointTests {
    /// A fixture and what it should be recognised as.
    struct Expectation: Sendable {
        let path: String
        let container: Container
        let layout: Layout
        let depth: Int
        var ignored: [String] = []
    }

    static let expectations: [Expectation] = [
        .init(path: "dino-patch16/checkpoint.pth", container: .torchZip, layout: .dino, depth: 3),
        .init(path: "dino-patch16/checkpoint.safetensors", container: .safetensors, layout: .dino, depth: 3),
        .init(path: "dino-patch8/checkpoint.pth", container: .torchZip, layout: .dino, depth: 2),
        .init(path: "dino-patch8/checkpoint-legacy.pth", container: .torchLegacy, layout: .dino, depth: 2),
        .init(path: "dinov2-patch14/checkpoint.pth", container: .torchZip, layout: .dinov2, depth: 3),
        .init(path: "dinov2-patch14-reg4/checkpoint.pth", container: .torchZip, layout: .dinov2, depth: 3),
        .init(path: "dinov2-patch14-swiglu/checkpoint.pth", container: .torchZip, layout: .dinov2, depth: 3),
        .init(path: "hf-vit-dino", container: .safetensors, layout: .huggingFaceViT, depth: 3),
        .init(path: "hf-dinov2/model.safetensors", container: .safetensors, layout: .huggingFaceDinov2, depth: 3),
        .init(path: "hf-dinov2-reg4", container: .safetensors, layout: .huggingFaceDinov2, depth: 3),
        .init(
            path: "dino-training-checkpoint/checkpoint0003.pth", container: .torchZip, layout: .dino, depth: 3,
            ignored: ["student", "optimizer", "epoch", "args", "dino_loss"]),
    ]

    @Test(arguments: expectations)
    func opensEveryFixtureUnderCanonicalNames(_ expected: Expectation) throws {
        let checkpoint = try Checkpoint.open(Fixtures.model(expected.path))
        #expect(checkpoint.container == expected.container)
        #expect(checkpoint.layout == expected.layout)
        #expect(checkpoint.ignored.filter { !$0.hasPrefix("head.") } == expected.ignored)
        var names: Set = [
            "cls_token", "pos_embed", "patch_embed.proj.weight", "patch_embed.proj.bias", "norm.weight", "norm.bias",
        ]
        if checkpoint.layout == .dinov2 || checkpoint.layout == .huggingFaceDinov2 { names.insert("mask_token") }
        if expected.path.contains("reg4") { names.insert("register_tokens") }
        for block in 0..<expected.depth {
            for module in modules(expected) {
                names.formUnion(["blocks.\(block).\(module).weight", "blocks.\(block).\(module).bias"])
            }
            guard names.contains("mask_token") else { continue }
            names.formUnion(["blocks.\(block).ls1.gamma", "blocks.\(block).ls2.gamma"])
        }
        #expect(Set(checkpoint.tensors.keys) == names)
        #expect(checkpoint.tensors["blocks.0.attn.qkv.weight"]?.shape == [384, 128])
        for (name, tensor) in checkpoint.tensors {
            #expect(tensor.name == name)
            #expect(try tensor.tensor().scalars.allSatisfy(\.isFinite))
        }
    }

    @Test func takesTheStudentOfATrainingWhereItIsWanted() throws {
        let url = Fixtures.model("dino-training-checkpoint/checkpoint0003.pth")
        let teacher = try Checkpoint.open(url), student = try Checkpoint.open(url, key: .student)
        #expect(student.ignored.contains("teacher") && !student.ignored.contains("student"))
        #expect(Set(student.tensors.keys) == Set(teacher.tensors.keys))
        let name = "blocks.0.attn.qkv.weight"
        #expect(student.tensors[name]?.shape == teacher.tensors[name]?.shape)
    }

    private func modules(_ expected: Expectation) -> [String] {
        ["norm1", "norm2", "attn.qkv", "attn.proj"]
            + (expected.path.contains("swiglu") ? ["mlp.w12", "mlp.w3"] : ["mlp.fc1", "mlp.fc2"])
    }

    @Test(arguments: [
        ("dino-patch16/checkpoint.pth", "dino-patch16/checkpoint.safetensors"),
        ("dino-patch8/checkpoint.pth", "dino-patch8/checkpoint-legacy.pth"),
        ("dino-patch16/checkpoint.pth", "dino-training-checkpoint/checkpoint0003.pth"),
    ])
    func readsTheSameBitsFromEveryContainer(_ one: String, _ other: String) throws {
        let first = try Checkpoint.open(Fixtures.model(one)).tensors.mapValues { try $0.tensor() }
        let second = try Checkpoint.open(Fixtures.model(other)).tensors.mapValues { try $0.tensor() }
        #expect(first == second)
    }

    @Test func readsTheTeacherOfATrainedCheckpoint() throws {
        let url = SharedFolder.url.appending(path: "weights/interim-vit-tiny-8-64.pth")
        let checkpoint = try Checkpoint.open(url)
        #expect(checkpoint.tensors.count == 150)
        #expect(checkpoint.tensors["pos_embed"]?.shape == [1, 65, 192])
        #expect(checkpoint.ignored.contains("args"))
    }
}
