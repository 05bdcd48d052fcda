public import DINO

/// What clients may know of a model.
public struct ModelDescription: Sendable {
    /// The name requests may give.
    public var name: String
    /// SHA-256 over weights and every knob that changes a feature, in hexadecimal.
    public var fingerprint: String
    /// The arithmetic: `fp32`, `bf16` or `int8`.
    public var precision: String
    /// Whether a JPEG much larger than the input is decoded at a fraction of its size.
    public var fastDecode: Bool
    /// `dino` or `dinov2`.
    public var family: String
    /// Numbers per vector, `D`.
    public var embedDim: Int
    /// Blocks.
    public var depth: Int
    /// Heads of each block, `H`.
    public var numHeads: Int
    /// Side of a patch in pixels.
    public var patchSize: Int
    /// Register tokens, `R`.
    public var numRegisters: Int
    /// How an image becomes the model's input at the default size.
    public var preprocessing: Preprocessing
    /// Data, recipe and measured figures as the model directory states them.
    public var provenance: [String: String]
    /// The model's card in Markdown, where it has one.
    public var card: String?
    /// The largest side of an input in pixels.
    public var maximumSize: Int
    /// The most pixels and the longest side of an image file.
    public var maximumPixels: Int, maximumSide: Int

    /// The name with what sets the features apart from those that the weights usually make: another arithmetic or decoding.
    public var title: String {
        ([name] + (precision == "fp32" ? [] : [precision]) + (fastDecode ? ["fast decoding"] : []))
            .joined(separator: ", ")
    }

    /// A description with these values.
    public init(
        name: String, fingerprint: String, precision: String = "fp32", fastDecode: Bool = false, family: String,
        embedDim: Int, depth: Int,
        numHeads: Int, patchSize: Int, numRegisters: Int, preprocessing: Preprocessing, provenance: [String: String],
        card: String? = nil, maximumSize: Int, maximumPixels: Int, maximumSide: Int
    ) {
        (self.name, self.fingerprint, self.precision, self.family) = (name, fingerprint, precision, family)
        self.fastDecode = fastDecode
        (self.embedDim, self.depth, self.numHeads) = (embedDim, depth, numHeads)
        (self.patchSize, self.numRegisters) = (patchSize, numRegisters)
        (self.preprocessing, self.provenance, self.card) = (preprocessing, provenance, card)
        (self.maximumSize, self.maximumPixels, self.maximumSide) = (maximumSize, maximumPixels, maximumSide)
    }

    /// The input's side for a requested one: rounded down to a multiple of the patch.
    ///
    /// - Throws: ``FeatureAPIError`` where it is below one patch or above the largest size.
    public func inputSize(_ requested: Int?) throws(FeatureAPIError) -> Int {
        let requested = requested ?? preprocessing.crop
        guard (patchSize...max(patchSize, maximumSize)).contains(requested) else {
            throw FeatureAPIError(
                .invalidOption, "The option \"size\" takes \(patchSize) to \(maximumSize) with this model.")
        }
        return requested / patchSize * patchSize
    }

    /// Vectors of a kind in one image whose input has a side of `size` pixels.
    func vectorCount(_ kind: FeatureKind, size: Int) -> Int {
        switch kind {
        case .cls: 1
        case .patches: (size / patchSize) * (size / patchSize)
        case .registers: numRegisters
        case .clsAttention: numHeads
        case .patchNorms: 1
        }
    }
}
