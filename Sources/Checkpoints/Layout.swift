/// The naming scheme of a checkpoint's tensors.
public enum Layout: String, Sendable {
    /// facebookresearch/dino: `blocks.0.attn.qkv.weight`, no layer scale.
    case dino
    /// facebookresearch/dinov2: adds `ls1.gamma`, `register_tokens`, `mask_token`, SwiGLU and block chunks.
    case dinov2
    /// timm: `reg_token`, a classifier's `head.weight`, a packed SwiGLU.
    case timm
    /// Hugging Face `ViTModel`.
    case huggingFaceViT
    /// Hugging Face `Dinov2Model` and `Dinov2WithRegistersModel`.
    case huggingFaceDinov2

    /// The layout that a set of names, without their wrappers' prefixes, follows; nil where it is none of these.
    init?(names: Set<String>) {
        if names.contains("embeddings.cls_token") || names.contains("embeddings.position_embeddings") {
            self = names.contains { $0.contains(".layer_scale1.") } ? .huggingFaceDinov2 : .huggingFaceViT
        } else if names.contains("reg_token") || names.contains("head.weight") {
            self = .timm
        } else if names.contains("register_tokens") || names.contains("mask_token")
            || names.contains(where: { $0.hasSuffix(".ls1.gamma") })
        {
            self = .dinov2
        } else if names.contains("cls_token") || names.contains("patch_embed.proj.weight") {
            self = .dino
        } else {
            return nil
        }
    }

    /// Whether the layout is one of Hugging Face's, which need their `config.json`.
    public var isHuggingFace: Bool { self == .huggingFaceViT || self == .huggingFaceDinov2 }

    /// The prefixes that wrappers put before a backbone's names.
    private static let wrapperPrefixes = ["module.", "backbone.", "vit.", "dinov2.", "dinov2_with_registers."]
    /// The heads beside a backbone.
    private static let headPrefixes = ["head.", "dino_head.", "ibot_head.", "pooler.", "classifier."]

    /// A name without the prefixes of `DataParallel`, training wrappers and task models.
    static func stripped(_ name: String) -> String {
        var name = name[...]
        while let prefix = wrapperPrefixes.first(where: { name.hasPrefix($0) }) { name = name.dropFirst(prefix.count) }
        return String(name)
    }

    /// Whether a stripped name belongs to a head, which embeddings do not use.
    static func isHead(_ name: String) -> Bool {
        headPrefixes.contains { name.hasPrefix($0) }
    }
}
