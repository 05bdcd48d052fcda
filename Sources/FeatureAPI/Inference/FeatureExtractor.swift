public import Tensors

/// What turns a file's bytes into features: the model, as the queue and the routes see it.
///
/// Both functions block; they are called from threads made for it, never from the cooperative pool.
public protocol FeatureExtractor: Sendable {
    /// The model's name, shape and limits.
    var model: ModelDescription { get }

    /// The model's input for one image: decoded, upright, resized, cropped, normalised; `(3, size, size)`.
    ///
    /// - Parameters:
    ///   - file: The bytes of a JPEG, PNG or WebP.
    ///   - size: The side in pixels, a multiple of the patch.
    /// - Throws: ``FeatureAPIError`` with the fault of the image.
    func prepare(_ file: [UInt8], size: Int) throws -> Tensor

    /// The features of a batch `(B, 3, H, W)`, not normalised. Called from one thread, one batch at a time.
    func extract(_ batch: Tensor, kinds: Set<FeatureKind>) throws -> BatchFeatures
}

/// The features of a batch as the model gives them.
public struct BatchFeatures: Sendable {
    /// CLS tokens, `(B, D)`.
    public var cls: Tensor
    /// Patch tokens, `(B, N, D)`, where asked for.
    public var patches: Tensor?
    /// Register tokens, `(B, R, D)`, where asked for.
    public var registers: Tensor?

    /// Features with tensors of one `B` and one `D`.
    public init(cls: Tensor, patches: Tensor? = nil, registers: Tensor? = nil) {
        self.cls = cls
        self.patches = patches
        self.registers = registers
    }

    subscript(kind: FeatureKind) -> Tensor? {
        switch kind {
        case .cls: cls
        case .patches: patches
        case .registers: registers
        }
    }
}
