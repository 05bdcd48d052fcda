import Checkpoints
import Foundation
import Tensors
import Testing

@Suite struct LayoutTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// A checkpoint of one-element tensors, or of given shapes.
    private func open(
        _ names: [String], shapes: [String: [Int]] = [:], config: String? = nil, key: CheckpointKey = .teacher
    ) throws -> Checkpoint {
        let tensors = names.enumerated().map { index, name in
            let shape = shapes[name] ?? [1]
            return (name, Tensor(shape: shape, scalars: [Float](repeating: Float(index), count: shape.reduce(1, *))))
        }
        let url = folder.url.appendingPathComponent("model.safetensors")
        try Safetensors.write(tensors, to: url)
        if let config { _ = try folder.file(Array(config.utf8), name: "config.json") }
        return try Checkpoint.open(url, key: key)
    }

    private static let config =
        #"{"model_type":"vit","hidden_size":1,"num_hidden_layers":1,"num_attention_heads":1,"patch_size":16,"image_size":224}"#

    @Test func stripsWrappersAndSetsHeadsAside() throws {
        let names = [
            "module.backbone.cls_token", "module.backbone.blocks.0.norm1.weight", "module.head.mlp.0.weight",
            "dino_head.last_layer.weight_g", "ibot_head.mlp.0.bias",
        ]
        let checkpoint = try open(names)
        #expect(checkpoint.layout == .dino)
        #expect(Set(checkpoint.tensors.keys) == ["cls_token", "blocks.0.norm1.weight"])
        #expect(checkpoint.sourceNames["cls_token"] == ["module.backbone.cls_token"])
        #expect(Set(checkpoint.ignored) == Set(names[2...]))
    }

    @Test(arguments: [CheckpointKey.teacher, .student])
    func takesOneNetworkOfATraining(_ key: CheckpointKey) throws {
        let names = [
            "student.backbone.cls_token", "student.head.mlp.0.weight", "teacher.backbone.cls_token",
            "teacher.head.mlp.0.weight", "optimizer.first.backbone.cls_token", "center",
        ]
        let checkpoint = try open(names, key: key)
        #expect(checkpoint.layout == .dino)
        #expect(Set(checkpoint.tensors.keys) == ["cls_token"])
        #expect(checkpoint.sourceNames["cls_token"] == ["\(key).backbone.cls_token"])
        #expect(Set(checkpoint.ignored) == Set(names).subtracting(["\(key).backbone.cls_token"]))
    }

    @Test func aModelThatIsNoTrainingIsItsOwnStudent() throws {
        #expect(try open(["backbone.cls_token"], key: .student).tensors.keys.contains("cls_token"))
    }

    @Test func unravelsBlockChunks() throws {
        let checkpoint = try open(["cls_token", "mask_token", "blocks.0.0.ls1.gamma", "blocks.3.11.attn.qkv.weight"])
        #expect(checkpoint.layout == .dinov2)
        #expect(checkpoint.tensors["blocks.0.ls1.gamma"] != nil)
        #expect(checkpoint.sourceNames["blocks.11.attn.qkv.weight"] == ["blocks.3.11.attn.qkv.weight"])
    }

    @Test func namesTheRegistersOfTimmAndDropsItsClassifier() throws {
        let checkpoint = try open(
            ["cls_token", "reg_token", "pos_embed", "head.weight", "head.bias", "blocks.0.ls1.gamma"],
            shapes: ["pos_embed": [1, 4, 1], "reg_token": [1, 4, 1]])
        #expect(checkpoint.layout == .timm)
        #expect(checkpoint.tensors["register_tokens"]?.shape == [1, 4, 1])
        #expect(checkpoint.tensors["pos_embed"]?.shape == [1, 4, 1])
        #expect(Set(checkpoint.ignored) == ["head.weight", "head.bias"])
    }

    @Test func namesThePackedSwiGLUOfTimm() throws {
        let mlp = "blocks.0.mlp."
        let shapes = [
            mlp + "fc1.weight": [6, 2], mlp + "fc1.bias": [6], mlp + "fc2.weight": [2, 3], mlp + "fc2.bias": [2],
        ]
        let checkpoint = try open(["reg_token"] + shapes.keys.sorted(), shapes: shapes)
        #expect(checkpoint.tensors[mlp + "w12.weight"]?.shape == [6, 2])
        #expect(checkpoint.tensors[mlp + "w3.weight"]?.shape == [2, 3])
        #expect(checkpoint.sourceNames[mlp + "w12.bias"] == [mlp + "fc1.bias"])
        #expect(checkpoint.tensors[mlp + "fc1.weight"] == nil)
    }

    @Test func keepsUnknownTensorsVisible() throws {
        let checkpoint = try open(["cls_token", "blocks.0.mlp.fc1_g.weight", "decoder.0"])
        #expect(checkpoint.tensors["blocks.0.mlp.fc1_g.weight"] != nil)
        #expect(checkpoint.tensors["decoder.0"] != nil)
    }

    @Test func joinsQueryKeyAndValueAsRows() throws {
        let prefix = "vit.encoder.layer.7.attention.attention."
        let names = ["vit.embeddings.cls_token", "classifier.weight", "vit.pooler.dense.bias"]
        let parts = ["value", "query", "key"].map { prefix + $0 + ".weight" }
        let shapes = Dictionary(uniqueKeysWithValues: parts.map { ($0, [2, 2]) })
        let checkpoint = try open(names + parts, shapes: shapes, config: Self.config)
        let qkv = try #require(checkpoint.tensors["blocks.7.attn.qkv.weight"])
        #expect(qkv.shape == [6, 2])
        #expect(try qkv.tensor().scalars == [4, 4, 4, 4, 5, 5, 5, 5, 3, 3, 3, 3])
        #expect(checkpoint.sourceNames["blocks.7.attn.qkv.weight"] == [parts[1], parts[2], parts[0]])
        #expect(Set(checkpoint.ignored) == ["classifier.weight", "vit.pooler.dense.bias"])
    }

    @Test func namesSwiGLUAndLayerScaleOfHuggingFace() throws {
        let block = "encoder.layer.0."
        let names = ["embeddings.cls_token", block + "mlp.weights_in.bias", block + "layer_scale2.lambda1"]
        let shapes = [names[1]: [4]]
        let config = Self.config.replacingOccurrences(of: "\"vit\"", with: "\"dinov2\"")
        #expect(throws: Never.self) { try open(names, shapes: shapes, config: config) }
        let checkpoint = try open(
            names + [block + "layer_scale1.lambda1", block + "mlp.weights_out.weight"], config: config)
        #expect(checkpoint.layout == .huggingFaceDinov2)
        #expect(
            Set(checkpoint.tensors.keys) == [
                "cls_token", "blocks.0.mlp.w12.bias", "blocks.0.mlp.w3.weight", "blocks.0.ls1.gamma",
                "blocks.0.ls2.gamma",
            ])
    }

    @Test func refusesAnIncompleteOrUnequalTriple() throws {
        let prefix = "encoder.layer.0.attention.attention."
        let two = ["embeddings.cls_token", prefix + "query.bias", prefix + "value.bias"]
        let error = try #require(throws: CheckpointError.self) { try open(two, config: Self.config) }
        #expect(error == .missingTensor(file: folder.url.path + "/model.safetensors", tensor: prefix + "key.bias"))
        let shapes = [prefix + "key.bias": [2]]
        #expect(throws: CheckpointError.self) {
            try open(two + [prefix + "key.bias"], shapes: shapes, config: Self.config)
        }
    }

    @Test func refusesTwoTensorsForOneName() {
        #expect(throws: CheckpointError.self) { try open(["cls_token", "module.cls_token"]) }
    }

    @Test func refusesAnotherNetworkByItsNames() throws {
        let error = try #require(throws: CheckpointError.self) { try open(["conv1.weight", "layer1.0.bn1.bias"]) }
        #expect(error.description.contains("'conv1.weight'"))
    }

    @Test func requiresTheConfigurationOfHuggingFace() throws {
        let error = try #require(throws: CheckpointError.self) { try open(["embeddings.cls_token"]) }
        #expect(error.description.contains("config.json"))
    }

    @Test func saysWhatAFolderLacks() throws {
        let error = try #require(throws: CheckpointError.self) { try Checkpoint.open(folder.url) }
        #expect(error.description.contains("model.safetensors"))
        _ = try folder.file([], name: "model.safetensors.index.json")
        let sharded = try #require(throws: CheckpointError.self) { try Checkpoint.open(folder.url) }
        #expect(sharded.description.contains("several files"))
    }
}
