public import Tensors

/// What a forward pass is asked for besides the CLS features.
public struct FeatureOutputs: Sendable, Equatable {
    /// Patch features.
    public var patches: Bool
    /// Register features.
    public var registers: Bool
    /// The CLS row of the last block's attention.
    public var clsAttention: Bool
    /// The lengths of the patches' tokens before the final norm, which makes all about equally long.
    public var patchNorms: Bool
    /// The tokens of the last so many blocks, each through the final norm.
    public var lastBlocks: Int

    /// The CLS features and what is named here.
    public init(
        patches: Bool = false, registers: Bool = false, clsAttention: Bool = false, patchNorms: Bool = false,
        lastBlocks: Int = 0
    ) {
        self.patches = patches
        self.registers = registers
        self.clsAttention = clsAttention
        self.patchNorms = patchNorms
        self.lastBlocks = lastBlocks
    }

    /// Whether every token has to go through the last block; otherwise CLS alone does.
    var everyToken: Bool { patches || registers || patchNorms || lastBlocks > 0 }
}

/// What a Vision Transformer makes of `B` images: tokens after the final layer norm, not yet L2-normalised.
public struct Features: Sendable, Equatable {
    /// The patches' rows and columns in the image.
    public let gridHeight, gridWidth: Int
    /// CLS features (B, D).
    public let cls: Tensor
    /// Patch features (B, N, D), row by row of the grid.
    public let patches: Tensor?
    /// Register features (B, R, D).
    public let registers: Tensor?
    /// The attention that CLS pays to each patch in the last block (B, H, N). Each row sums to less than 1: the rest
    /// goes to CLS itself and to the registers.
    public let clsAttention: Tensor?
    /// The lengths of the patches' tokens before the final norm (B, N).
    public let patchNorms: Tensor?
    /// CLS and patch tokens (B, 1 + N, D) of the last blocks, each through the final norm, the last block last.
    public let lastBlocks: [Tensor]
}

extension Features {
    /// The features of several batches of one size, in order.
    init(joining parts: [Features]) {
        func join(_ tensors: [Tensor?]) -> Tensor? {
            let present = tensors.compactMap { $0 }
            guard let first = present.first, present.count == parts.count else { return nil }
            let images = present.reduce(0) { $0 + $1.shape[0] }
            return Tensor(shape: [images] + first.shape.dropFirst(), scalars: present.flatMap(\.scalars))
        }
        gridHeight = parts[0].gridHeight
        gridWidth = parts[0].gridWidth
        cls = join(parts.map(\.cls)) ?? parts[0].cls
        patches = join(parts.map(\.patches))
        registers = join(parts.map(\.registers))
        clsAttention = join(parts.map(\.clsAttention))
        patchNorms = join(parts.map(\.patchNorms))
        lastBlocks = parts[0].lastBlocks.indices.compactMap { index in join(parts.map { $0.lastBlocks[index] }) }
    }
}

extension Tensor {
    /// The tensor with each vector along its last dimension divided by its Euclidean length (at least 1e-12).
    public func l2Normalized() -> Tensor {
        guard let width = shape.last, width > 0 else { return self }
        var result = self
        for start in stride(from: 0, to: count, by: width) {
            var square = 0.0
            for index in start..<start + width { square += Double(scalars[index]) * Double(scalars[index]) }
            let scale = Float(1 / max(square.squareRoot(), 1e-12))
            for index in start..<start + width { result.scalars[index] *= scale }
        }
        return result
    }
}
