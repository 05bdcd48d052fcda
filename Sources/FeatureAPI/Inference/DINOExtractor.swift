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
        let image: RGBImage
        do throws(ImageError) {
            image = try ImageDecoder.decode(file, limits: limits)
        } catch {
            throw FeatureAPIError(error)
        }
        return loaded.preprocessing(image, side: size)
    }

    /// The features of a batch `(B, 3, H, W)`, not normalised.
    public func extract(_ batch: Tensor, kinds: Set<FeatureKind>) throws -> [FeatureKind: Tensor] {
        let outputs = FeatureOutputs(patches: kinds.contains(.patches), registers: kinds.contains(.registers))
        let features = try loaded.transformer.forward(batch, outputs: outputs)
        var tensors = [FeatureKind.cls: features.cls]
        tensors[.patches] = features.patches
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
            name: model.name, fingerprint: model.fingerprint, family: shape.family.rawValue, embedDim: shape.embedDim,
            depth: shape.depth, numHeads: shape.heads, patchSize: shape.patchSize, numRegisters: shape.registers,
            preprocessing: model.preprocessing, provenance: model.manifest.provenance ?? [:],
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
