/// Where a tensor of a file goes.
struct CanonicalName: Equatable {
    /// The reference's name.
    let name: String
    /// 0, 1 or 2 for the query, key or value rows of a packed `attn.qkv`, nil for a whole tensor.
    var part: Int?
}

extension Layout {
    /// The reference's name for a stripped name of this layout; an unknown name stays, for the model to refuse.
    func canonical(_ name: String) -> CanonicalName {
        switch self {
        case .dino, .dinov2: CanonicalName(name: Self.unchunked(name))
        case .timm: CanonicalName(name: name == "reg_token" ? "register_tokens" : name)
        case .huggingFaceViT, .huggingFaceDinov2: Self.fromHuggingFace(name)
        }
    }

    /// `blocks.CHUNK.I.…` as `blocks.I.…`: DINOv2 groups blocks for FSDP but keeps counting through the groups.
    private static func unchunked(_ name: String) -> String {
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count > 3, parts[0] == "blocks", UInt(parts[1]) != nil, UInt(parts[2]) != nil else { return name }
        return "blocks." + parts[2...].joined(separator: ".")
    }

    private static func fromHuggingFace(_ name: String) -> CanonicalName {
        if let whole = huggingFaceNames[name] { return CanonicalName(name: whole) }
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count > 4, parts[0] == "encoder", parts[1] == "layer", let last = parts.last else {
            return CanonicalName(name: name)
        }
        let block = "blocks.\(parts[2])."
        switch parts[3..<parts.count - 1].joined(separator: ".") {
        case "attention.attention.query": return CanonicalName(name: block + "attn.qkv.\(last)", part: 0)
        case "attention.attention.key": return CanonicalName(name: block + "attn.qkv.\(last)", part: 1)
        case "attention.attention.value": return CanonicalName(name: block + "attn.qkv.\(last)", part: 2)
        case "layer_scale1" where last == "lambda1": return CanonicalName(name: block + "ls1.gamma")
        case "layer_scale2" where last == "lambda1": return CanonicalName(name: block + "ls2.gamma")
        case let module:
            guard let canonical = huggingFaceModules[module] else { return CanonicalName(name: name) }
            return CanonicalName(name: block + "\(canonical).\(last)")
        }
    }

    private static let huggingFaceNames = [
        "embeddings.cls_token": "cls_token",
        "embeddings.mask_token": "mask_token",
        "embeddings.register_tokens": "register_tokens",
        "embeddings.position_embeddings": "pos_embed",
        "embeddings.patch_embeddings.projection.weight": "patch_embed.proj.weight",
        "embeddings.patch_embeddings.projection.bias": "patch_embed.proj.bias",
        "layernorm.weight": "norm.weight",
        "layernorm.bias": "norm.bias",
    ]

    private static let huggingFaceModules = [
        "attention.output.dense": "attn.proj",
        "layernorm_before": "norm1",
        "layernorm_after": "norm2",
        "intermediate.dense": "mlp.fc1",
        "output.dense": "mlp.fc2",
        "norm1": "norm1",
        "norm2": "norm2",
        "mlp.fc1": "mlp.fc1",
        "mlp.fc2": "mlp.fc2",
        "mlp.weights_in": "mlp.w12",
        "mlp.weights_out": "mlp.w3",
    ]
}
