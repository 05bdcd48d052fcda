public import DINO
public import Images
public import Tensors

/// What turns photographs into rows of features.
public protocol FeatureSource: Sendable {
    /// A name to show.
    var name: String { get }
    /// The side of an input in pixels, `S`.
    var side: Int { get }
    /// The width of a row, `D`.
    var width: Int { get }
    /// The input (3, S, S) of a photograph; called on several threads at once.
    func input(_ image: RGBImage) -> Tensor
    /// The features (n, D) of inputs (n, 3, S, S), in their own lengths.
    func features(_ inputs: Tensor) throws -> Tensor
}

/// Features of a Vision Transformer.
public struct ModelFeatures: FeatureSource {
    /// Which of a model's tokens make the features.
    public enum Kind: String, Sendable, CaseIterable {
        /// CLS of the last block: `D`.
        case cls
        /// CLS of the last four blocks, side by side: 4·`D`. What the linear evaluation of ViT-S uses.
        case lastFourCLS = "last-4-cls"
        /// CLS of the last block and the mean of its patches: 2·`D`. What the linear evaluation of ViT-B uses.
        case clsAndMeanPatch = "cls+mean-patch"
    }

    /// The model.
    public let model: Model
    /// Which tokens.
    public let kind: Kind
    /// The side of an input in pixels.
    public let side: Int

    /// Features of a model for images of `size`, the model's own where nil.
    ///
    /// - Throws: `EvaluationError.size` for a size that does not divide into patches.
    public init(_ model: Model, kind: Kind = .cls, size: Int? = nil) throws(EvaluationError) {
        let patch = model.architecture.patchSize, side = size ?? model.preprocessing.crop / patch * patch
        guard side > 0, side % patch == 0, side <= 4096 else { throw .size(side, patch: patch) }
        self.model = model
        self.kind = kind
        self.side = side
    }

    /// The model's name.
    public var name: String { model.name }

    /// The width of a row: `D` for each token that makes it.
    public var width: Int { model.architecture.embedDim * tokens }

    /// The CLS tokens or means of a row.
    private var tokens: Int {
        switch kind {
        case .cls: 1
        case .lastFourCLS: min(4, model.architecture.depth)
        case .clsAndMeanPatch: 2
        }
    }

    /// The input (3, S, S) of a photograph, by the model's own preprocessing.
    public func input(_ image: RGBImage) -> Tensor { model.preprocessing(image, side: side) }

    /// The features (n, D) of inputs (n, 3, S, S).
    ///
    /// - Throws: `ModelError.input` for more tokens than the model takes.
    public func features(_ inputs: Tensor) throws -> Tensor {
        switch kind {
        case .cls: return try model.transformer.forward(inputs).cls
        case .lastFourCLS:
            let features = try model.transformer.forward(inputs, outputs: .init(lastBlocks: tokens))
            return Self.join(features.lastBlocks.map { Self.first(of: $0) })
        case .clsAndMeanPatch:
            let features = try model.transformer.forward(inputs, outputs: .init(patches: true))
            return Self.join([features.cls, Self.mean(features.patches)].compactMap { $0 })
        }
    }

    /// The first token (n, D) of each of n sequences (n, N, D).
    private static func first(of sequences: Tensor) -> Tensor {
        let (n, length, d) = (sequences.shape[0], sequences.shape[1], sequences.shape[2])
        return Tensor(
            shape: [n, d],
            scalars: (0..<n).flatMap { sequences.scalars[$0 * length * d..<$0 * length * d + d] })
    }

    /// The mean token (n, D) of each of n sequences (n, N, D).
    private static func mean(_ sequences: Tensor?) -> Tensor? {
        guard let sequences else { return nil }
        let (n, length, d) = (sequences.shape[0], sequences.shape[1], sequences.shape[2])
        var mean = Tensor(zeros: [n, d])
        for row in 0..<n * length {
            for column in 0..<d { mean.scalars[row / length * d + column] += sequences.scalars[row * d + column] }
        }
        for index in mean.scalars.indices { mean.scalars[index] /= Float(length) }
        return mean
    }

    /// Tensors (n, D) side by side.
    private static func join(_ tensors: [Tensor]) -> Tensor {
        let n = tensors[0].shape[0], d = tensors[0].shape[1]
        return Tensor(
            shape: [n, d * tensors.count],
            scalars: (0..<n).flatMap { row in tensors.flatMap { $0.scalars[row * d..<(row + 1) * d] } })
    }
}

/// Normalised pixels as features: what a model has to be better than.
public struct RawPixels: FeatureSource {
    /// The side of the pictures in pixels.
    public let side: Int
    private let preprocessing: Preprocessing

    /// Pixels of pictures whose shorter side becomes `side`, the middle of which is taken, normalised as ImageNet's.
    public init(side: Int) throws(EvaluationError) {
        guard (1...512).contains(side) else { throw .setting("--raw-pixels is \(side), expected 1 to 512") }
        self.side = side
        preprocessing = Preprocessing(resize: side, crop: side)
    }

    /// `raw pixels`
    public var name: String { "raw pixels" }

    /// The width of a row: 3·side².
    public var width: Int { 3 * side * side }

    /// The picture (3, side, side), normalised.
    public func input(_ image: RGBImage) -> Tensor { preprocessing(image, side: side) }

    /// The same numbers as rows (n, 3·side²).
    public func features(_ inputs: Tensor) -> Tensor { inputs.reshaped([inputs.shape[0], width]) }
}
