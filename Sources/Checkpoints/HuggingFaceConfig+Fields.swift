/// `config.json` as it lies on disk, with transformers' defaults for absent keys.
struct ConfigFields: Decodable {
    let model_type: String
    let hidden_size, num_hidden_layers, num_attention_heads, patch_size, image_size: Int
    let layer_norm_eps: Float?
    let hidden_act: String?
    let num_channels, num_register_tokens: Int?
    let use_swiglu_ffn: Bool?

    /// The configuration, or an error where it describes a model of another kind.
    func config(
        preprocessor: HuggingFacePreprocessor?, file: String
    ) throws(CheckpointError) -> HuggingFaceConfig {
        guard ["vit", "dinov2", "dinov2_with_registers"].contains(model_type) else {
            throw .configuration(
                file: file, reason: "model_type \(quoted(model_type)) is none of vit, dinov2, dinov2_with_registers")
        }
        guard hidden_act ?? "gelu" == "gelu" else {
            throw .configuration(file: file, reason: "hidden_act \(quoted(hidden_act ?? "")) is not gelu")
        }
        guard num_channels ?? 3 == 3 else {
            throw .configuration(file: file, reason: "num_channels is not 3")
        }
        guard [hidden_size, num_hidden_layers, num_attention_heads, patch_size, image_size].allSatisfy({ $0 > 0 }),
            (num_register_tokens ?? 0) >= 0
        else { throw .configuration(file: file, reason: "a size is not positive") }
        return HuggingFaceConfig(
            modelType: model_type, hiddenSize: hidden_size, hiddenLayers: num_hidden_layers,
            attentionHeads: num_attention_heads,
            layerNormEpsilon: layer_norm_eps ?? (model_type == "vit" ? 1e-12 : 1e-6),
            imageSize: image_size, patchSize: patch_size,
            registerTokens: model_type == "dinov2_with_registers" ? num_register_tokens ?? 4 : 0,
            usesSwiGLU: use_swiglu_ffn ?? false, preprocessor: preprocessor)
    }
}

/// `preprocessor_config.json` as it lies on disk.
struct PreprocessorFields: Decodable {
    let do_resize, do_center_crop, do_rescale, do_normalize: Bool?
    let size, crop_size: Size?
    let resample: Int?
    let image_mean, image_std: [Float]?

    /// A side, or the names transformers gives to two.
    enum Size: Decodable {
        case side(Int)
        case named(Edges)

        struct Edges: Decodable {
            let shortest_edge, width, height: Int?
        }

        init(from decoder: any Decoder) throws {
            if let side = try? decoder.singleValueContainer().decode(Int.self) {
                self = .side(side)
            } else {
                self = .named(try Edges(from: decoder))
            }
        }

        var both: (width: Int, height: Int)? {
            switch self {
            case .side(let side): (side, side)
            case .named(let edges): edges.width.flatMap { width in edges.height.map { (width, $0) } }
            }
        }
    }

    /// The preprocessing, or an error where a step is missing its numbers.
    func preprocessor(file: String) throws(CheckpointError) -> HuggingFacePreprocessor {
        guard do_rescale ?? true, do_normalize ?? true, let mean = image_mean, let std = image_std, mean.count == 3,
            std.count == 3, std.allSatisfy({ $0 > 0 })
        else { throw .configuration(file: file, reason: "it does not rescale and normalise three channels") }
        var resize: HuggingFacePreprocessor.Resize?
        if do_resize ?? true {
            if case .named(let edges) = size, let edge = edges.shortest_edge {
                resize = .shortestEdge(edge)
            } else if let both = size?.both {
                resize = .exact(width: both.width, height: both.height)
            } else {
                throw .configuration(file: file, reason: "size names neither shortest_edge nor width and height")
            }
        }
        let crop = do_center_crop ?? (crop_size != nil) ? crop_size?.both : nil
        return HuggingFacePreprocessor(
            resize: resize, resample: resample ?? 2, crop: crop.map { [$0.width, $0.height] }, mean: mean, std: std)
    }
}
