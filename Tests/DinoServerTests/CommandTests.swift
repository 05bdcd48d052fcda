import Checkpoints
import DINO
import Foundation
import Tensors
import TestSupport
import Testing

@Suite(.serialized, .timeLimit(.minutes(2))) struct CommandTests {
    private let workspace: Workspace

    init() throws { workspace = try Workspace() }

    // MARK: verify

    private func writeReference(_ name: String, clsScale: Float = 1) throws -> String {
        let model = try Model.load(workspace.model, on: Compute(threads: 1))
        let input = Tensor(shape: [2, 3, 8, 12], scalars: (0..<576).map { Float($0 % 17) / 8 - 1 })
        let features = try model.transformer.forward(
            input, outputs: .init(patches: true, clsAttention: true, lastBlocks: 2))
        var cls = features.cls
        cls.scalars[0] *= clsScale
        let path = workspace.path(name)
        try Safetensors.write(
            [
                ("8x12/input", input), ("8x12/cls", cls), ("8x12/patches", try #require(features.patches)),
                ("8x12/cls_attention", try #require(features.clsAttention)),
                ("8x12/penultimate_tokens", features.lastBlocks[0]),
            ], to: URL(filePath: path))
        return path
    }

    @Test func verifyAcceptsTheModelsOwnOutputs() async throws {
        let reference = try writeReference("expected.safetensors")
        let (status, text) = try await Program.run("verify", "--model", workspace.model, "--reference", reference)
        #expect(status == 0)
        for name in ["cls", "patches", "cls_attention", "penultimate_tokens"] {
            #expect(text.contains("8x12/\(name) "))
        }
    }

    @Test func verifyRefusesADifferenceByName() async throws {
        let reference = try writeReference("expected.safetensors", clsScale: 1.5)
        let (status, text) = try await Program.run("verify", "--model", workspace.model, "--reference", reference)
        #expect(status == 1)
        #expect(text.split(separator: "\n").filter { $0.hasSuffix("differs") }.map { $0.prefix(8) } == ["8x12/cls"])
    }

    @Test func verifyTellsADifferenceFromWhatItCannotCompare() async throws {
        let reference = try writeReference("expected.safetensors")
        let damaged = try workspace.write("damaged.safetensors", "text")
        for (model, reference) in [
            (workspace.path("none"), reference), (workspace.model, workspace.path("none")), (workspace.model, damaged),
        ] {
            let (status, text) = try await Program.run("verify", "--model", model, "--reference", reference)
            #expect(status == 2, "\(text)")
            #expect(text.hasPrefix("Error: "))
        }
    }

    @Test(
        arguments: [
            "dino-patch16/checkpoint.pth", "dino-patch8/checkpoint-legacy.pth", "dinov2-patch14-reg4/checkpoint.pth",
            "hf-dinov2-reg4",
        ])
    func verifyAcceptsTheReferencesOutputs(_ name: String) async throws {
        let models = URL(filePath: #filePath).appending(path: "../../../../shared/fixtures/models").standardizedFileURL
        guard FileManager.default.fileExists(atPath: models.path) else {
            #expect(ProcessInfo.processInfo.environment["CI"] == nil, "\(models.path) is missing")
            return
        }
        let folder = models.appending(path: String(name.prefix { $0 != "/" }))
        let (status, text) = try await Program.run(
            "verify", "--model", models.appending(path: name).path, "--reference",
            folder.appending(path: "expected.safetensors").path)
        #expect(status == 0, "\(text)")
    }

    // MARK: models, convert

    @Test func modelsSaysWhatItUnderstood() async throws {
        let (status, text) = try await Program.run("models", workspace.model)
        #expect(status == 0)
        #expect(text.contains("width 64, depth 2, heads 1"))
        #expect(text.contains("blocks.1.attn.qkv.weight  [192, 64]  float32"))
        #expect(!text.contains("fast_decode"))
    }

    @Test func modelsSaysThatDecodingIsFastWhereItIs() async throws {
        let (status, text) = try await Program.run("models", workspace.model, "--fast-decode")
        #expect(status == 0 && text.contains("fast_decode     true"), "\(text)")
    }

    @Test func convertWritesADirectoryThatLoads() async throws {
        let checkpoint = workspace.path("model/model.safetensors")
        let (status, text) = try await Program.run(
            "convert", checkpoint, "-o", workspace.path("out"), "--name", "small", "--half")
        #expect(status == 0, "\(text)")
        let models = try await Program.run("models", workspace.path("out"))
        #expect(models.text.contains("small"))
        #expect(models.text.contains("float16"))
    }

    @Test func modelsAndConvertFindTheWeightsOfAnyModelDirectory() async throws {
        try FileManager.default.moveItem(
            atPath: workspace.path("model/model.safetensors"), toPath: workspace.path("model/odd.safetensors"))
        let models = try await Program.run("models", workspace.model)
        #expect(models.status == 0, "\(models.text)")
        #expect(models.text.contains("model/odd.safetensors (safetensors)"))
        let convert = try await Program.run("convert", workspace.model, "-o", workspace.path("out"))
        #expect(convert.status == 0, "\(convert.text)")
        #expect(FileManager.default.fileExists(atPath: workspace.path("out/model.safetensors")))
    }

    @Test func aCheckpointIsGivenOnce() async throws {
        for arguments in [["models", workspace.model], ["convert", workspace.model, "-o", workspace.path("out")]] {
            let program = try Program(arguments + ["--model", workspace.path("other")])
            #expect(try await program.status() == 64)
            #expect(program.text.contains("given twice"))
        }
    }

    @Test func aModelCutInHalfIsRefused() async throws {
        let whole = try Data(contentsOf: URL(filePath: workspace.path("model/model.safetensors")))
        let half = try workspace.write("half.safetensors", whole.prefix(whole.count / 2))
        let (status, text) = try await Program.run("models", half)
        #expect(status != 0)
        #expect(text.contains("half.safetensors"))
    }
}
