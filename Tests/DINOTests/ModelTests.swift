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

    @Test func theFileOfTheWeightsOpensAgainHoweverItWasFound() throws {
        let tiny = try TinyModel()
        defer { tiny.remove() }
        let odd = tiny.folder.appendingPathComponent("odd.safetensors")
        try FileManager.default.moveItem(at: tiny.write(), to: odd)
        let model = try Model.load(tiny.folder.path, on: Compute(threads: 1))
        #expect(model.weightsURL.lastPathComponent == "odd.safetensors")
        #expect(try Checkpoint.open(model.weightsURL).tensors.count == tiny.tensors.count)
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

    /// Rows 5, 69 and 133 of qkv belong to q, k and v.
    @Test(
        arguments: [Float.nan, .infinity],
        [("mlp.fc1.weight", 5), ("attn.qkv.bias", 5), ("attn.qkv.bias", 69), ("attn.qkv.bias", 133), ("norm1.bias", 0)])
    func weightsThatAreNotFiniteAreRefused(_ value: Float, _ place: (String, Int)) throws {
        var tiny = try TinyModel()
        defer { tiny.remove() }
        tiny.tensors["blocks.1.\(place.0)"]?.scalars[place.1] = value
        let said = message { try tiny.load() }
        #expect(said.contains("not finite"), "\(said)")
    }

    @Test func tensorsWithoutElementsAreRefusedWhateverTheirOtherExtents() throws {
        for (name, shape) in [
            ("pos_embed", [1, Int.max, 0]), ("cls_token", [1, 0, 1 << 62]),
            ("patch_embed.proj.weight", [0, 1, 1, 1 << 62]),
        ] {
            var tiny = try TinyModel()
            defer { tiny.remove() }
            tiny.tensors[name] = nil
            let file = try tiny.write(),
                hole = "\"\(name)\":{\"dtype\":\"F32\",\"shape\":\(shape),\"data_offsets\":[0,0]},"
            try tiny.insert(header: hole, into: file)
            let said = message { try Model.load(file.path, on: Compute(threads: 1)) }
            #expect(said.contains("'\(name)'") && said.contains("empty"), "\(said)")
        }
    }

    @Test func weightsOfIntegersAreRefused() throws {
        let tiny = try TinyModel()
        defer { tiny.remove() }
        let file = try tiny.write()
        var text = String(decoding: try Data(contentsOf: file), as: UTF8.self)
        #expect(text.contains("F32"))
        var data = try Data(contentsOf: file)
        while let range = data.range(of: Data("F32".utf8)) { data.replaceSubrange(range, with: Data("I32".utf8)) }
        try data.write(to: file)
        text = message { try Model.load(file.path, on: Compute(threads: 1)) }
        #expect(text.contains("floating point"), "\(text)")
    }

    @Test func positionsThatFitNoGridAreRefused() throws {
        var tiny = try TinyModel()
        defer { tiny.remove() }
        tiny.tensors["pos_embed"] = Tensor(zeros: [1, 12, 64])
        let said = message { try tiny.load() }
        #expect(said.contains("12 rows"), "\(said)")
    }

    @Test(arguments: [48, 96, 160])
    func aWidthThatHidesItsHeadsAsksForThem(_ width: Int) throws {
        var tiny = try TinyModel(
            Architecture(family: .dino, embedDim: width, depth: 1, heads: 1, patchSize: 4, gridSize: 2))
        defer { tiny.remove() }
        let said = message { try tiny.load() }
        #expect(said.contains("model.json"), "\(said)")
        tiny.manifest = #"{"heads": 2}"#
        #expect(try tiny.load().architecture.heads == 2)
        tiny.manifest = #"{"heads": 7}"#
        #expect(message { try tiny.load() }.contains("7 heads"))
    }

    @Test(arguments: [
        (#"{"depth": 12}"#, "\"depth\" is 12 there, but the tensors say 2"),
        (#"{"ffn": "swiglu"}"#, "\"ffn\" is swiglu there, but the tensors say mlp"),
        (#"{"family": "dinov2"}"#, "\"family\" is dinov2 there, but the tensors say dino"),
    ])
    func aManifestThatContradictsTheTensorsIsRefused(_ text: String, _ sentence: String) throws {
        var tiny = try TinyModel()
        defer { tiny.remove() }
        tiny.manifest = text
        let said = message { try tiny.load() }
        #expect(said.contains(sentence), "\(said)")
    }

    @Test(arguments: [
        (#"{"heads": "one"}"#, "heads"), ("[", "model.json"), (#"{"layer_norm_eps": -1}"#, "-1"),
        (#"{"preprocessing": {"resize": 1, "crop": 5}}"#, "a crop of 5"),
        (#"{"preprocessing": {"resize": 8, "crop": 3}}"#, "smaller than the patch"),
        (#"{"preprocessing": {"resize": 8, "crop": 8, "std": [1, 1, 0]}}"#, "std above zero"),
        (#"{"preprocessing": {"resize": 8, "crop": 8, "filter": "lanczos"}}"#, "filter"),
        (#"{"weights": "../model.safetensors"}"#, "a file beside it"),
        (#"{"interpolate_offset": -2}"#, "interpolate_offset is -2"), (#"{"interpolate_offset": 1}"#, "under 1"),
    ])
    func aBrokenManifestIsAnErrorThatSaysWhat(_ text: String, _ word: String) throws {
        var tiny = try TinyModel()
        defer { tiny.remove() }
        tiny.manifest = text
        let said = message { try tiny.load() }
        #expect(said.contains(word), "\(said)")
    }

    @Test func aManifestForAnotherFileIsLeftAlone() throws {
        var tiny = try TinyModel()
        defer { tiny.remove() }
        tiny.manifest = #"{"weights": "other.safetensors", "interpolate_offset": 0.5}"#
        let file = try tiny.write()
        #expect(try Model.load(file.path, on: Compute(threads: 1)).interpolation.offset == 0.1)
    }

    @Test func aTokenLimitUnderTheModelsOwnSizeIsAnErrorAtOnce() throws {
        let tiny = try TinyModel()
        defer { tiny.remove() }
        let file = try tiny.write()
        let said = message { try Model.load(file.path, on: Compute(threads: 1), maximumTokens: 9) }
        #expect(said.contains("10 tokens") && said.contains("9"), "\(said)")
    }

    @Test func weightsOtherThanTheManifestsHashAreRefused() throws {
        var tiny = try TinyModel()
        defer { tiny.remove() }
        tiny.manifest = #"{"sha256": "\#(String(repeating: "ab", count: 32))"}"#
        #expect(message { try tiny.load() }.contains("get them again"))
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

    @Test func theHashIsOfTheTensorsThatAreReadAndNotOfWhatHasTakenTheirPlace() throws {
        var tiny = try TinyModel()
        defer { tiny.remove() }
        let hash = try tiny.load().weightsSHA256
        let checkpoint = try Checkpoint.open(tiny.write())
        tiny.tensors["norm.bias"]?.scalars[0] += 0.5
        let other = try tiny.load().weightsSHA256
        #expect(Fingerprint.sha256(of: checkpoint.file) == hash)
        #expect(other != hash)
    }

    @Test func theHashIsThatOfTheFile() throws {
        let tiny = try TinyModel()
        defer { tiny.remove() }
        let file = tiny.folder.appendingPathComponent("long")
        // More than is hashed at once; the expected digits are those of sha256sum.
        try (Data(count: 1 << 20) + Data(repeating: 1, count: 12_345)).write(to: file)
        let digest = "8165542951b6725fbb84e7c383166e79618628b4efe94b3c48e34845eff6db46"
        #expect(try Fingerprint.sha256(of: MappedFile(path: file.path)) == digest)
    }

    /// Copied where they cannot be shown in place.
    @Test(arguments: 1...4) func weightsOffAFloatsBoundaryAreTheSame(_ shift: Int) throws {
        let tiny = try TinyModel()
        defer { tiny.remove() }
        let (model, file) = (try tiny.load(), try tiny.write())
        try tiny.insert(header: String(repeating: " ", count: shift), into: file)
        let again = try Model.load(tiny.folder.path, on: Compute(threads: 1))
        let input = Tensor(shape: [1, 3, 12, 12], scalars: (0..<432).map { Float($0 % 7) / 7 })
        #expect(try again.transformer.forward(input) == model.transformer.forward(input))
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

    @Test func theCardIsTheFoldersAndABareCheckpointHasNone() throws {
        let tiny = try TinyModel()
        defer { tiny.remove() }
        let weights = try tiny.write()
        let card = tiny.folder.appendingPathComponent("MODEL_CARD.md")
        try Data("# Größe\n".utf8).write(to: card)
        #expect(try Model.load(tiny.folder.path, on: Compute(threads: 1)).card == "# Größe\n")
        #expect(try Model.load(weights.path, on: Compute(threads: 1)).card == nil)
    }

    @Test(arguments: [Data([0x23, 0xFF]), Data(repeating: 0x20, count: (256 << 10) + 1)])
    func aCardThatIsNoTextOrTooLongIsNone(_ bytes: Data) throws {
        let tiny = try TinyModel()
        defer { tiny.remove() }
        try bytes.write(to: tiny.folder.appendingPathComponent("MODEL_CARD.md"))
        #expect(try tiny.load().card == nil)
    }

    @Test func aFolderInTheCardsPlaceIsNone() throws {
        let tiny = try TinyModel()
        defer { tiny.remove() }
        try FileManager.default.createDirectory(
            at: tiny.folder.appendingPathComponent("MODEL_CARD.md"), withIntermediateDirectories: true)
        #expect(try tiny.load().card == nil)
    }
}
