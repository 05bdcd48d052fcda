public import Checkpoints

extension Architecture {
    /// The architecture that a checkpoint's tensors spell, with what shapes cannot say taken from `manifest` or from
    /// the checkpoint's Hugging Face configuration.
    ///
    /// Heads are 64 channels wide in every published model; a model with other heads needs `heads` in its manifest.
    public init(of checkpoint: Checkpoint, manifest: Manifest) throws(ModelError) {
        let shapes = TensorShapes(checkpoint)
        let cls = try shapes.require("cls_token", rank: 3)
        embedDim = cls[2]
        patchSize = try shapes.require("patch_embed.proj.weight", rank: 4)[3]
        depth = shapes.depth
        guard depth > 0 else { throw .notAModel("\(shapes.path) holds no blocks.0.* tensors") }

        registers = shapes["register_tokens"] == nil ? 0 : try shapes.require("register_tokens", rank: 3)[1]
        layerScale = shapes["blocks.0.ls1.gamma"] != nil
        family = layerScale || registers > 0 || shapes["mask_token"] != nil ? .dinov2 : .dino
        if shapes["blocks.0.mlp.w12.weight"] != nil {
            feedForward = .swiglu
            hiddenDim = try shapes.require("blocks.0.mlp.w12.weight", rank: 2)[0] / 2
        } else {
            feedForward = .mlp
            hiddenDim = try shapes.require("blocks.0.mlp.fc1.weight", rank: 2)[0]
        }

        let positions = try shapes.require("pos_embed", rank: 3)[1]
        positionForCLS = Self.side(of: positions) == nil
        guard let side = Self.side(of: positionForCLS ? positions - 1 : positions) else {
            throw .notAModel("pos_embed has \(positions) rows, which is neither M² nor M² + 1 for a square grid")
        }
        gridSize = side

        let config = checkpoint.huggingFace
        layerNormEpsilon = manifest.layerNormEps ?? config?.layerNormEpsilon ?? 1e-6
        guard layerNormEpsilon.isFinite, layerNormEpsilon >= 0 else {
            throw .notAModel("a layer norm cannot add \(layerNormEpsilon) to a variance")
        }
        let published = embedDim.isMultiple(of: 64) ? embedDim / 64 : 0
        heads = manifest.heads ?? config?.attentionHeads ?? published
        guard heads > 0, embedDim.isMultiple(of: heads) else {
            throw .notAModel(
                heads == 0
                    ? "a width of \(embedDim) does not tell how many heads there are: state \"heads\" in a model.json"
                    : "a width of \(embedDim) does not divide into \(heads) heads")
        }
        try check(manifest)
        if let config { try check(config, file: checkpoint.url.deletingLastPathComponent().path) }
    }

    private static func side(of count: Int) -> Int? {
        guard count > 0 else { return nil }
        let root = Int(Double(count).squareRoot().rounded())
        return root * root == count ? root : nil
    }

    /// Refuses a manifest that contradicts the tensors.
    private func check(_ manifest: Manifest) throws(ModelError) {
        let stated: [(String, Int?, Int)] = [
            ("embed_dim", manifest.embedDim, embedDim), ("depth", manifest.depth, depth),
            ("patch", manifest.patch, patchSize), ("registers", manifest.registers, registers),
            ("train_size", manifest.trainSize, trainSize),
        ]
        for (key, value, found) in stated {
            if let value, value != found { throw .contradiction("model.json", key, "\(value)", tensors: "\(found)") }
        }
        if let stated = manifest.family, stated != family {
            throw .contradiction("model.json", "family", stated.rawValue, tensors: family.rawValue)
        }
        if let stated = manifest.ffn, stated != feedForward {
            throw .contradiction("model.json", "ffn", stated.rawValue, tensors: feedForward.rawValue)
        }
    }

    /// Refuses a Hugging Face configuration that belongs to other weights.
    private func check(_ config: HuggingFaceConfig, file folder: String) throws(ModelError) {
        let stated = [
            ("hidden_size", config.hiddenSize, embedDim), ("num_hidden_layers", config.hiddenLayers, depth),
            ("patch_size", config.patchSize, patchSize), ("num_register_tokens", config.registerTokens, registers),
            ("image_size", config.imageSize / patchSize * patchSize, trainSize),
        ]
        for (key, value, found) in stated where value != found {
            throw .contradiction("\(folder)/config.json", key, "\(value)", tensors: "\(found)")
        }
        guard config.usesSwiGLU == (feedForward == .swiglu) else {
            throw .contradiction(
                "\(folder)/config.json", "use_swiglu_ffn", "\(config.usesSwiGLU)", tensors: feedForward.rawValue)
        }
    }

    /// Every tensor the model needs, by its canonical name, with its shape.
    public var tensorShapes: [String: [Int]] {
        let d = embedDim
        var shapes: [String: [Int]] = [
            "cls_token": [1, 1, d], "pos_embed": [1, gridSize * gridSize + (positionForCLS ? 1 : 0), d],
            "patch_embed.proj.weight": [d, 3, patchSize, patchSize], "patch_embed.proj.bias": [d],
            "norm.weight": [d], "norm.bias": [d],
        ]
        if registers > 0 { shapes["register_tokens"] = [1, registers, d] }
        for block in 0..<depth {
            for (name, shape) in blockShapes { shapes["blocks.\(block).\(name)"] = shape }
        }
        return shapes
    }

    private var blockShapes: [String: [Int]] {
        let d = embedDim
        var shapes: [String: [Int]] = [
            "norm1.weight": [d], "norm1.bias": [d], "norm2.weight": [d], "norm2.bias": [d],
            "attn.qkv.weight": [3 * d, d], "attn.qkv.bias": [3 * d], "attn.proj.weight": [d, d], "attn.proj.bias": [d],
        ]
        if layerScale { shapes.merge(["ls1.gamma": [d], "ls2.gamma": [d]]) { $1 } }
        switch feedForward {
        case .mlp:
            shapes.merge([
                "mlp.fc1.weight": [hiddenDim, d], "mlp.fc1.bias": [hiddenDim], "mlp.fc2.weight": [d, hiddenDim],
                "mlp.fc2.bias": [d],
            ]) { $1 }
        case .swiglu:
            shapes.merge([
                "mlp.w12.weight": [2 * hiddenDim, d], "mlp.w12.bias": [2 * hiddenDim],
                "mlp.w3.weight": [d, hiddenDim], "mlp.w3.bias": [d],
            ]) { $1 }
        }
        return shapes
    }
}

/// A checkpoint's shapes, asked for by name.
private struct TensorShapes {
    private let tensors: [String: StoredTensor]
    let path: String

    init(_ checkpoint: Checkpoint) {
        tensors = checkpoint.tensors
        path = checkpoint.url.path
    }

    subscript(name: String) -> [Int]? { tensors[name]?.shape }

    func require(_ name: String, rank: Int) throws(ModelError) -> [Int] {
        guard let shape = self[name] else { throw .notAModel("\(path) holds no tensor '\(name)'") }
        guard shape.count == rank else {
            throw .notAModel("'\(name)' has shape \(shape), expected \(rank) dimensions")
        }
        // A tensor without elements may have any other extent; products of such extents could overflow.
        guard shape.allSatisfy({ $0 > 0 }) else { throw .notAModel("'\(name)' has shape \(shape): it is empty") }
        return shape
    }

    /// One more than the largest block number.
    var depth: Int {
        tensors.keys.lazy.compactMap { name -> Int? in
            let parts = name.split(separator: ".")
            return parts.count > 2 && parts[0] == "blocks" ? Int(parts[1]) : nil
        }.max().map { min($0, 4095) + 1 } ?? 0
    }
}
