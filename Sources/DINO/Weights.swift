import Checkpoints
import Tensors

/// The weights of a Vision Transformer, packed for the kernels.
struct Weights: Sendable {
    let patchEmbed: PackedLinear
    let clsToken: [Float]
    /// (R · D)
    let registers: [Float]
    let positions: PositionEmbedding
    let blocks: [BlockWeights]
    let norm: LayerNorm

    /// Every tensor the architecture needs, taken from a checkpoint strictly: one that is missing, surplus or
    /// misshapen is an error. The checkpoint's pages are given back as each tensor has been packed.
    init(
        _ checkpoint: Checkpoint, _ architecture: Architecture, _ rule: PositionInterpolation, _ precision: Precision,
        on compute: Compute
    ) throws {
        try Self.check(checkpoint, architecture)
        let source = Source(
            checkpoint: checkpoint, compute: compute, epsilon: architecture.layerNormEpsilon, precision: precision)
        let d = architecture.embedDim
        // Pixels decide everything that follows and cost little: they are not rounded to 8 bits.
        patchEmbed = try source.linear(
            "patch_embed.proj", d, 3 * architecture.patchSize * architecture.patchSize,
            precision == .int8 ? compute.besideInt8 : precision)
        clsToken = try source.tensor("cls_token").scalars
        registers = architecture.registers > 0 ? try source.tensor("register_tokens").scalars : []
        positions = PositionEmbedding(
            try source.tensor("pos_embed"), gridSize: architecture.gridSize, rule: rule)
        blocks = try (0..<architecture.depth).map { try BlockWeights(source, $0, architecture) }
        norm = try source.norm("norm", d)
    }

    private static func check(_ checkpoint: Checkpoint, _ architecture: Architecture) throws(ModelError) {
        let expected = architecture.tensorShapes
        var differences: [String] = []
        for (name, shape) in expected.sorted(by: { $0.key < $1.key }) {
            guard let tensor = checkpoint.tensors[name] else {
                differences.append("'\(name)' \(shape) is missing")
                continue
            }
            if tensor.shape != shape { differences.append("'\(name)' is \(tensor.shape), expected \(shape)") }
            if !tensor.scalarType.isFloatingPoint {
                differences.append("'\(name)' holds \(tensor.scalarType.rawValue), expected floating point")
            }
        }
        // The mask token of masked training is part of DINOv2 checkpoints; features never use it.
        let surplus = checkpoint.tensors.keys.filter { expected[$0] == nil && $0 != "mask_token" }.sorted()
        differences += surplus.map { "'\($0)' is surplus" }
        if !differences.isEmpty { throw .tensors(file: checkpoint.url.path, differences: differences) }
    }
}

/// The weights of one block.
struct BlockWeights: Sendable {
    let norm1, norm2: LayerNorm
    let qkv, proj: PackedLinear
    let scale1, scale2: Parameter?
    /// fc1, or w12 of SwiGLU.
    let inner: PackedLinear
    /// fc2, or w3 of SwiGLU.
    let outer: PackedLinear

    fileprivate init(_ source: Source, _ index: Int, _ architecture: Architecture) throws {
        let d = architecture.embedDim, hidden = architecture.hiddenDim, name = "blocks.\(index)"
        norm1 = try source.norm("\(name).norm1", d)
        norm2 = try source.norm("\(name).norm2", d)
        qkv = try source.linear("\(name).attn.qkv", 3 * d, d)
        proj = try source.linear("\(name).attn.proj", d, d)
        scale1 = architecture.layerScale ? try source.parameter("\(name).ls1.gamma", d) : nil
        scale2 = architecture.layerScale ? try source.parameter("\(name).ls2.gamma", d) : nil
        switch architecture.feedForward {
        case .mlp:
            inner = try source.linear("\(name).mlp.fc1", hidden, d)
            outer = try source.linear("\(name).mlp.fc2", d, hidden)
        case .swiglu:
            inner = try source.linear("\(name).mlp.w12", 2 * hidden, d)
            outer = try source.linear("\(name).mlp.w3", d, hidden)
        }
    }
}

/// Tensors of a checkpoint in the forms the layers want.
private struct Source {
    let checkpoint: Checkpoint
    let compute: Compute
    let epsilon: Float
    let precision: Precision

    func stored(_ name: String) throws(ModelError) -> StoredTensor {
        guard let tensor = checkpoint.tensors[name] else {
            throw .tensors(file: checkpoint.url.path, differences: ["'\(name)' is missing"])
        }
        return tensor
    }

    func tensor(_ name: String) throws -> Tensor {
        try stored(name).tensor()
    }

    func parameter(_ name: String, _ count: Int) throws -> Parameter {
        let stored = try stored(name)
        return try Parameter(count: count) { try stored.copyFloats(into: $0) }
    }

    func norm(_ name: String, _ width: Int) throws -> LayerNorm {
        LayerNorm(
            weight: try parameter("\(name).weight", width), bias: try parameter("\(name).bias", width),
            epsilon: epsilon)
    }

    func linear(
        _ name: String, _ outputs: Int, _ inputs: Int, _ other: Precision? = nil
    ) throws -> PackedLinear {
        let stored = try stored("\(name).weight")
        let bias = try parameter("\(name).bias", outputs), precision = other ?? precision
        let inPlace = try stored.withStoredFloats {
            PackedLinear(outputs: outputs, bias: bias, precision: precision, on: compute, weight: $0)
        }
        let layer =
            try inPlace
            ?? PackedLinear(outputs: outputs, inputs: inputs, bias: bias, precision: precision, on: compute) {
                try stored.copyFloats(into: $0)
            }
        stored.releasePages()
        return layer
    }
}
