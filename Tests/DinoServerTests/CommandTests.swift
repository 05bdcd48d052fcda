import Checkpoints
import DINO
import Foundation
import Tensors
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

    @Test func aModelCutInHalfIsRefused() async throws {
        let whole = try Data(contentsOf: URL(filePath: workspace.path("model/model.safetensors")))
        let half = try workspace.write("half.safetensors", whole.prefix(whole.count / 2))
        let (status, text) = try await Program.run("models", half)
        #expect(status != 0)
        #expect(text.contains("half.safetensors"))
    }

    // MARK: embed

    private func embed(_ output: String, _ paths: String...) async throws -> (status: Int32, text: String) {
        let program = try Program(["embed", "--model", workspace.model, "-o", workspace.path(output)] + paths)
        return (try await program.status(), program.text)
    }

    private func writeImages() throws -> String {
        _ = try workspace.write("images/b.png", Workspace.png)
        _ = try workspace.write("images/deep/a.PNG", Workspace.png)
        _ = try workspace.write("images/notes.txt", "no image")
        return workspace.path("images")
    }

    @Test func embedWritesEveryFormat() async throws {
        let folder = try writeImages()
        for name in ["features.npy", "features.jsonl", "features.safetensors"] {
            let (status, text) = try await embed(name, folder)
            #expect(status == 0, "\(text)")
            #expect(!FileManager.default.fileExists(atPath: workspace.path(name + ".partial")))
        }
        let files = [folder + "/b.png", folder + "/deep/a.PNG"]
        let array = try Data(contentsOf: URL(filePath: workspace.path("features.npy")))
        #expect(array.count == 128 + 2 * 64 * 4)
        let names = try Data(contentsOf: URL(filePath: workspace.path("features.json")))
        #expect(try JSONDecoder().decode([String].self, from: names) == files)
        let lines = try String(contentsOfFile: workspace.path("features.jsonl"), encoding: .utf8).split(separator: "\n")
        #expect(lines.count == 2)
        let stored = try TensorFile.open(URL(filePath: workspace.path("features.safetensors")))
        let features = try #require(stored.tensors.first).tensor()
        #expect(features.shape == [2, 64])
        #expect(features.scalars.withUnsafeBytes { Data($0) } == array.dropFirst(128))
    }

    @Test func embedReportsBadFilesAndGoesOn() async throws {
        let folder = try writeImages()
        let bad = try workspace.write("images/bad.jpg", "text")
        let (status, text) = try await embed("features.jsonl", folder)
        #expect(status == 1)
        #expect(text.contains("\(bad): "))
        #expect(text.contains("1 of 3 files"))
        let lines = try String(contentsOfFile: workspace.path("features.jsonl"), encoding: .utf8).split(separator: "\n")
        #expect(lines.count == 2)
    }

    @Test func embedGoesOnWhereItWasStopped() async throws {
        let folder = try writeImages()
        #expect(try await embed("whole.jsonl", folder).status == 0)
        let model = try Model.load(workspace.model, on: Compute(threads: 1))
        let vector = [Float](repeating: 0.125, count: 64).withUnsafeBytes { Data($0).base64EncodedString() }
        let journal = """
            {"fingerprint":"\(model.fingerprint)","size":\(model.preprocessing.crop)}
            {"file":"\(folder)/b.png","embedding":"\(vector)"}
            {"file":"\(folder)/deep
            """
        _ = try workspace.write("features.jsonl.partial", journal)
        #expect(try await embed("features.jsonl", folder).status == 0)
        let lines = try ["whole", "features"].map {
            try String(contentsOfFile: workspace.path($0 + ".jsonl"), encoding: .utf8).split(separator: "\n")
        }
        #expect(lines[1].first?.contains("0.125,0.125") == true)
        #expect(lines[1].last == lines[0].last)
    }

    @Test func embedRefusesTheJournalOfAnotherModel() async throws {
        _ = try workspace.write("features.npy.partial", "{\"fingerprint\":\"other\",\"size\":12}\n")
        let (status, text) = try await embed("features.npy", try writeImages())
        #expect(status != 0)
        #expect(text.contains("features.npy.partial"))
    }
}
