import Checkpoints
import Foundation
import Tensors
import Testing

@Suite struct HuggingFaceConfigTests {
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        let url = folder.url.appendingPathComponent("model.safetensors")
        try Safetensors.write([("embeddings.cls_token", Tensor(zeros: [1, 1, 1]))], to: url)
    }

    private static let fields =
        #""hidden_size":384,"num_hidden_layers":12,"num_attention_heads":6,"patch_size":14,"image_size":518"#

    private func open(_ config: String, preprocessor: String? = nil) throws -> HuggingFaceConfig? {
        _ = try folder.file(Array(config.utf8), name: "config.json")
        if let preprocessor { _ = try folder.file(Array(preprocessor.utf8), name: "preprocessor_config.json") }
        return try Checkpoint.open(folder.url).huggingFace
    }

    @Test func readsTheModelWithTheDefaultsOfTransformers() throws {
        let config = try #require(try open(#"{"model_type":"dinov2_with_registers",\#(Self.fields)}"#))
        #expect(config.hiddenSize == 384)
        #expect(config.hiddenLayers == 12)
        #expect(config.attentionHeads == 6)
        #expect(config.patchSize == 14)
        #expect(config.imageSize == 518)
        #expect(config.registerTokens == 4)
        #expect(config.layerNormEpsilon == 1e-6)
        #expect(!config.usesSwiGLU)
        #expect(config.preprocessor == nil)
        #expect(try open(#"{"model_type":"vit",\#(Self.fields)}"#)?.layerNormEpsilon == 1e-12)
    }

    @Test func readsThePreprocessing() throws {
        let numbers = #""image_mean":[0.5,0.5,0.5],"image_std":[0.25,0.25,0.25]"#
        let config = #"{"model_type":"dinov2",\#(Self.fields)}"#
        let cropped = try open(
            config,
            preprocessor:
                #"{"size":{"shortest_edge":256},"crop_size":{"height":224,"width":200},"resample":3,"do_center_crop":true,\#(numbers)}"#
        )?.preprocessor
        #expect(cropped?.resize == .shortestEdge(256))
        #expect(cropped?.crop == [200, 224])
        #expect(cropped?.resample == 3)
        #expect(cropped?.mean == [0.5, 0.5, 0.5])
        let squashed = try open(config, preprocessor: #"{"size":224,"resample":2,\#(numbers)}"#)?.preprocessor
        #expect(squashed?.resize == .exact(width: 224, height: 224))
        #expect(squashed?.crop == nil)
    }

    /// transformers' own defaults differ by the kind of processor.
    @Test(arguments: ["image_processor_type", "feature_extractor_type"])
    func absentKeysMeanWhatTheProcessorTakesThemFor(_ key: String) throws {
        let config = #"{"model_type":"dinov2",\#(Self.fields)}"#
        let numbers = #""image_mean":[0.5,0.5,0.5],"image_std":[0.5,0.5,0.5]"#
        let bit = try open(
            config, preprocessor: #"{"\#(key)":"BitImageProcessor","size":256,"crop_size":224,\#(numbers)}"#
        )?.preprocessor
        #expect(bit?.resize == .shortestEdge(256))
        #expect(bit?.crop == [224, 224])
        #expect(bit?.resample == 3)
        let vit = try open(config, preprocessor: #"{"\#(key)":"ViTImageProcessor","size":224,\#(numbers)}"#)?
            .preprocessor
        #expect(vit?.resize == .exact(width: 224, height: 224))
        #expect(vit?.crop == nil)
        #expect(vit?.resample == 2)
    }

    @Test(arguments: [
        #"{"model_type":"clip",\#(fields)}"#, #"{"model_type":"vit","hidden_act":"quick_gelu",\#(fields)}"#,
        #"{"model_type":"vit","num_channels":4,\#(fields)}"#, #"{"model_type":"vit"}"#, "[]", "", "{",
        #"{"model_type":"vit",\#(fields.replacingOccurrences(of: "384", with: "-1"))}"#,
        #"{"model_type":"vit",\#(fields.replacingOccurrences(of: "384", with: "1e99"))}"#,
        String(repeating: "[", count: 100_000),
    ])
    func refusesAConfigurationOfAnotherModel(_ config: String) throws {
        let error = try #require(throws: CheckpointError.self) { try open(config) }
        #expect(error.description.contains("config.json"))
    }

    @Test(arguments: [
        "{}", #"{"image_mean":[0.5,0.5,0.5],"image_std":[0,0.5,0.5],"size":224}"#,
        #"{"image_mean":[0.5,0.5,0.5],"image_std":[1,1,1],"size":-1}"#,
        #"{"image_mean":[0.5,0.5,0.5],"image_std":[1,1,1],"size":224,"resample":1}"#,
        #"{"image_mean":[0.5,0.5,0.5],"image_std":[1,1,1],"size":224,"do_center_crop":true}"#,
    ])
    func refusesAPreprocessingWithoutItsNumbers(_ preprocessor: String) throws {
        let error = try #require(throws: CheckpointError.self) {
            try open(#"{"model_type":"vit",\#(Self.fields)}"#, preprocessor: preprocessor)
        }
        #expect(error.description.contains("preprocessor_config.json"))
    }
}
