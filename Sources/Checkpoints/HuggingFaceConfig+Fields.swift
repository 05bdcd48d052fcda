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
    let rescale_factor: Double?
    let image_mean, image_std: [Float]?
    let image_processor_type, feature_extractor_type: String?

    /// Whether absent keys mean what `BitImageProcessor` takes them for, which Dinov2 is published with: bicubic, the
    /// shorter side, a crop. Otherwise they mean what `ViTImageProcessor` does: bilinear, both sides, no crop.
    private var isBit: Bool { (image_processor_type ?? feature_extractor_type ?? "").hasPrefix("Bit") }

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

        /// The two sides, nil where one is missing or not positive.
        var both: (width: Int, height: Int)? {
            switch self {
            case .side(let side) where side > 0:
                (side, side)
            case .named(let edges):
                if let width = edges.width, let height = edges.height, width > 0, height > 0 {
                    (width, height)
                } else {
                    nil
                }
            default: nil
            }
        }
    }

    /// The preprocessing, or an error where a step is missing its numbers.
    func preprocessor(file: String) throws(CheckpointError) -> HuggingFacePreprocessor {
        guard do_rescale ?? true, do_normalize ?? true, let mean = image_mean, let std = image_std, mean.count == 3,
            std.count == 3, std.allSatisfy({ $0 > 0 })
        else { throw .configuration(file: file, reason: "it does not rescale and normalise three channels") }
        guard abs((rescale_factor ?? 1 / 255) * 255 - 1) < 1e-6 else {
            throw .configuration(file: file, reason: "rescale_factor \(rescale_factor ?? 0) is not 1/255")
        }
        let resample = resample ?? (isBit ? 3 : 2)
        guard resample == 2 || resample == 3 else {
            throw .configuration(file: file, reason: "resample \(resample) is neither 2 (bilinear) nor 3 (bicubic)")
        }
        var crop: [Int]?
        if do_center_crop ?? (isBit || crop_size != nil) {
            guard let both = crop_size?.both else {
                throw .configuration(file: file, reason: "crop_size names no width and height")
            }
            crop = [both.width, both.height]
        }
        return HuggingFacePreprocessor(
            resize: try resize(file: file), resample: resample, crop: crop, mean: mean, std: std)
    }

    private func resize(file: String) throws(CheckpointError) -> HuggingFacePreprocessor.Resize? {
        guard do_resize ?? true else { return nil }
        if case .named(let edges) = size, let edge = edges.shortest_edge, edge > 0 { return .shortestEdge(edge) }
        if isBit, case .side(let side) = size, side > 0 { return .shortestEdge(side) }
        if let both = size?.both { return .exact(width: both.width, height: both.height) }
        throw .configuration(file: file, reason: "size names neither shortest_edge nor width and height")
    }
}
