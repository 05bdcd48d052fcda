import Checkpoints
import DINO
import Foundation
import Tensors
import Testing

@Suite struct ModelTests {
    @Test func theArchitectureIsReadFromTheTensors() throws {
        let tiny = try TinyModel(
            Architecture(
                family: .dinov2, embedDim: 128, depth: 3, heads: 2, patchSize: 14, registers: 4, gridSize: 5))
        defer { tiny.remove() }
        let model = try tiny.load()
        let found = model.architecture
        #expect(found.family == .dinov2 && found.embedDim == 128 && found.depth == 3 && found.heads == 2)
        #expect(found.patchSize == 14 && found.registers == 4 && found.gridSize == 5 && found.hiddenDim == 512)
        #expect(model.interpolation == PositionInterpolation(offset: 0, antialias: true))
        #expect(found.parameterCount == tiny.tensors.values.reduce(0) { $0 + $1.count })
    }

    @Test func aMissingTensorIsNamed() throws {
        var tiny = try TinyModel()
        defer { tiny.remove() }
        tiny.tensors["blocks.1.attn.proj.bias"] = nil
        let said = message { try tiny.load() }
        #expect(said.contains("'blocks.1.attn.proj.bias' [64] is missing"), "\(said)")
    }

    @Test func aSurplusTensorIsNamed() throws {
        var tiny = try TinyModel()
        defer { tiny.remove() }
        tiny.tensors["blocks.0.ls3.gamma"] = Tensor(zeros: [64])
        let said = message { try tiny.load() }
        #expect(said.contains("'blocks.0.ls3.gamma' is surplus"), "\(said)")
    }

    @Test func aMisshapenTensorIsNamedWithWhatWasExpected() throws {
        var tiny = try TinyModel()
        defer { tiny.remove() }
        tiny.tensors["blocks.0.mlp.fc2.weight"] = Tensor(zeros: [64, 255])
        let said = message { try tiny.load() }
        #expect(said.contains("'blocks.0.mlp.fc2.weight' is [64, 255], expected [64, 256]"), "\(said)")
    }

    @Test func aGapInTheBlocksIsAnError() throws {
        var tiny = try TinyModel()
        defer { tiny.remove() }
        for name in tiny.tensors.keys where name.hasPrefix("blocks.1.") {
            tiny.tensors[name.replacingOccurrences(of: "blocks.1.", with: "blocks.900.")] = tiny.tensors[name]
            tiny.tensors[name] = nil
        }
        let said = message { try tiny.load() }
        #expect(said.contains("'blocks.1.") && said.contains("is missing"), "\(said)")
    }

    @Test(arguments: [Float.nan, .infinity])
    func weightsThatAreNotFiniteAreRefused(_ value: Float) throws {
        var tiny = try TinyModel()
        defer { tiny.remove() }
        tiny.tensors["blocks.1.mlp.fc1.weight"]?.scalars[5] = value
        #expect(throws: ModelError.self) { try tiny.load() }
    }

    @Test func positionsThatFitNoGridAreRefused() throws {
        var tiny = try TinyModel()
        defer { tiny.remove() }
        tiny.tensors["pos_embed"] = Tensor(zeros: [1, 12, 64])
        let said = message { try tiny.load() }
        #expect(said.contains("12 rows"), "\(said)")
    }

    @Test func aWidthThatHidesItsHeadsAsksForThem() throws {
        var tiny = try TinyModel(
            Architecture(
                family: .dino, embedDim: 48, depth: 1, heads: 3, patchSize: 4, gridSize: 2))
        defer { tiny.remove() }
        let said = message { try tiny.load() }
        #expect(said.contains("model.json"), "\(said)")
        tiny.manifest = #"{"heads": 3}"#
        #expect(try tiny.load().architecture.heads == 3)
    }

    @Test func aManifestThatContradictsTheTensorsIsRefused() throws {
        var tiny = try TinyModel()
        defer { tiny.remove() }
        tiny.manifest = #"{"depth": 12}"#
        let said = message { try tiny.load() }
        #expect(said.contains("\"depth\" is 12") && said.contains("say 2"), "\(said)")
    }

    @Test(arguments: [
        #"{"heads": "one"}"#, "[", #"{"preprocessing": {"resize": 1, "crop": 5}}"#,
        #"{"preprocessing": {"resize": 8, "crop": 8, "std": [1, 1, 0]}}"#, #"{"weights": "../model.safetensors"}"#,
        #"{"preprocessing": {"resize": 8, "crop": 8, "filter": "lanczos"}}"#,
    ])
    func aBrokenManifestIsAnErrorThatNamesIt(_ text: String) throws {
        var tiny = try TinyModel()
        defer { tiny.remove() }
        tiny.manifest = text
        let said = message { try tiny.load() }
        #expect(said.contains("model.json"), "\(said)")
    }

    @Test func weightsOtherThanTheManifestsHashAreRefused() throws {
        var tiny = try TinyModel()
        defer { tiny.remove() }
        tiny.manifest = #"{"sha256": "\#(String(repeating: "ab", count: 32))"}"#
        #expect(message { try tiny.load() }.contains("SHA-256"))
    }

    @Test func theFingerprintChangesWithWeightsAndWithEveryKnob() throws {
        var tiny = try TinyModel()
        defer { tiny.remove() }
        var prints = [try tiny.load().fingerprint]
        #expect(try tiny.load().fingerprint == prints[0])
        for manifest in [
            #"{"antialias": true}"#, #"{"interpolate_offset": 0}"#, #"{"layer_norm_eps": 1e-5}"#,
            #"{"preprocessing": {"resize": 12, "crop": 12, "filter": "bilinear"}}"#,
            #"{"preprocessing": {"resize": 12, "crop": 12, "mean": [0, 0, 0]}}"#,
        ] {
            tiny.manifest = manifest
            prints.append(try tiny.load().fingerprint)
        }
        tiny.manifest = "{}"
        tiny.tensors["norm.bias"]?.scalars[0] += 0.5
        prints.append(try tiny.load().fingerprint)
        #expect(Set(prints).count == prints.count)
        #expect(prints.allSatisfy { $0.count == 64 })
    }

    @Test func aFolderWithTwoUnnamedCheckpointsAsksWhichOne() throws {
        let tiny = try TinyModel()
        defer { tiny.remove() }
        for name in ["a.safetensors", "b.safetensors"] {
            try Data([0]).write(to: tiny.folder.appendingPathComponent(name))
        }
        let said = message { try Model.load(tiny.folder.path, on: Compute(threads: 1)) }
        #expect(said.contains("a.safetensors, b.safetensors"), "\(said)")
        #expect(message { try Model.load("/nowhere/at/all", on: Compute(threads: 1)) }.contains("scripts/get-weights"))
    }

    @Test func aWrittenDirectoryLoadsAsTheSameModel() throws {
        let tiny = try TinyModel()
        defer { tiny.remove() }
        let model = try tiny.load()
        let folder = tiny.folder.appendingPathComponent("written")
        let checkpoint = try Checkpoint.open(tiny.folder.appendingPathComponent("model.safetensors"))
        try ModelDirectory.write(model, from: checkpoint, to: folder) {
            $0.name = "renamed"
            $0.provenance = ["data": "none"]
        }
        let again = try Model.load(folder.path, on: Compute(threads: 1))
        let input = Tensor(zeros: [1, 3, 12, 12])
        #expect(try again.transformer.forward(input) == model.transformer.forward(input))
        #expect(again.name == "renamed" && again.manifest.provenance == ["data": "none"])
        #expect(again.architecture == model.architecture && again.preprocessing == model.preprocessing)
    }
}
