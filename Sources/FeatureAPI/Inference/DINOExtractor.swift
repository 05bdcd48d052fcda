public import DINO
public import Images
public import Tensors

/// A model of the DINO family behind the queue and the routes.
public struct DINOExtractor: FeatureExtractor {
    /// The model's name, shape and limits.
    public let model: ModelDescription
    private let loaded: Model
    private let limits: ImageLimits

    /// An extractor of `loaded` for image files within `limits`.
    public init(_ loaded: Model, limits: ImageLimits = .init()) {
        self.loaded = loaded
        self.limits = limits
        model = ModelDescription(loaded, limits: limits)
    }

    /// The model's input for one image, `(3, size, size)`.
    public func prepare(_ file: [UInt8], size: Int) throws -> Tensor {
        try reading { () throws(ImageError) in try loaded.input(of: file, side: size, limits: limits) }
    }

    /// The model's input for one image, `(3, size, size)`, and what a collection keeps of it.
    public func prepareToKeep(_ file: [UInt8], size: Int) throws -> (input: Tensor, kept: KeptImage) {
        guard let info = try reducedFile(file, size: size) else {
            let (input, image) = try prepareToShow(file, size: size)
            return (input, try KeptImage(image, of: file))
        }
        // Two decodings at a fraction of the size take less than one of all pixels. A thumbnail that needs all pixels is
        // no dearer this way.
        let thumbnail = try reading { () throws(ImageError) in
            try ImageDecoder.decode(file, limits: limits, resized: KeptImage.thumbnailRule(info), fast: true)
        }
        return (try prepare(file, size: size), try KeptImage(thumbnail: thumbnail, info))
    }

    /// The model's input for one image, `(3, size, size)`, and the image.
    public func prepareToShow(_ file: [UInt8], size: Int) throws -> (input: Tensor, image: RGBImage) {
        let image = try reading { () throws(ImageError) in try ImageDecoder.decode(file, limits: limits) }
        guard try reducedFile(file, size: size) == nil else { return (try prepare(file, size: size), image) }
        return (loaded.preprocessing(image, side: size), image)
    }

    /// The header of a file whose input is made of a decoding at a fraction of its size; nil where all pixels serve.
    private func reducedFile(_ file: [UInt8], size: Int) throws -> ImageInfo? {
        guard loaded.fastDecode else { return nil }
        let info = try reading { () throws(ImageError) in try ImageDecoder.info(file, limits: limits) }
        return loaded.decodesAtFraction(info, side: size) ? info : nil
    }

    private func reading<Value>(_ body: () throws(ImageError) -> Value) throws(FeatureAPIError) -> Value {
        do throws(ImageError) { return try body() } catch { throw FeatureAPIError(error) }
    }

    /// The outputs of a batch `(B, 3, H, W)`, not normalised.
    public func extract(_ batch: Tensor, kinds: Set<FeatureKind>) throws -> [FeatureKind: Tensor] {
        let outputs = FeatureOutputs(
            patches: kinds.contains(.patches), registers: kinds.contains(.registers),
            clsAttention: kinds.contains(.clsAttention), patchNorms: kinds.contains(.patchNorms))
        let features = try loaded.transformer.forward(batch, outputs: outputs)
        var tensors = [FeatureKind.cls: features.cls]
        tensors[.patches] = features.patches
        tensors[.clsAttention] = features.clsAttention
        tensors[.patchNorms] = features.patchNorms
        if kinds.contains(.registers) {
            tensors[.registers] = features.registers ?? Tensor(zeros: [batch.shape[0], 0, model.embedDim])
        }
        return tensors
    }
}

extension ModelDescription {
    fileprivate init(_ model: Model, limits: ImageLimits) {
        let shape = model.architecture
        let side = Int(Double(max(model.transformer.maximumTokens - shape.prefixTokens, 1)).squareRoot())
        self.init(
            name: model.name, fingerprint: model.fingerprint, precision: model.precision.rawValue,
            fastDecode: model.fastDecode, family: shape.family.rawValue, embedDim: shape.embedDim,
            depth: shape.depth, numHeads: shape.heads, patchSize: shape.patchSize, numRegisters: shape.registers,
            preprocessing: model.preprocessing, provenance: model.manifest.provenance ?? [:], card: model.card,
            maximumSize: side * shape.patchSize, maximumPixels: limits.maximumPixels, maximumSide: limits.maximumSide)
    }
}

extension FeatureAPIError {
    /// The client's view of a file that is no picture.
    init(_ error: ImageError) {
        let kind: Kind =
            switch error {
            case .empty: .emptyBody
            case .unknownFormat: .unknownImageFormat
            case .tooLarge: .imageTooLarge
            case .damaged: .damagedImage
            case .unsupported, .tooCostly: .unsupportedImage
            }
        self.init(kind, error.description)
    }
}
