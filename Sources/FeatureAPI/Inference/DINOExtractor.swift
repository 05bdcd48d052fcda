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
        loaded.preprocessing(try decode(file), side: size)
    }

    /// The model's input for one image, `(3, size, size)`, and what a collection keeps of it.
    public func prepareToKeep(_ file: [UInt8], size: Int) throws -> (input: Tensor, kept: KeptImage) {
        let image = try decode(file)
        return (loaded.preprocessing(image, side: size), try KeptImage(image, of: file))
    }

    /// The model's input for one image, `(3, size, size)`, and the image.
    public func prepareToShow(_ file: [UInt8], size: Int) throws -> (input: Tensor, image: RGBImage) {
        let image = try decode(file)
        return (loaded.preprocessing(image, side: size), image)
    }

    private func decode(_ file: [UInt8]) throws(FeatureAPIError) -> RGBImage {
        do throws(ImageError) {
            return try ImageDecoder.decode(file, limits: limits)
        } catch {
            throw FeatureAPIError(error)
        }
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
            family: shape.family.rawValue, embedDim: shape.embedDim,
            depth: shape.depth, numHeads: shape.heads, patchSize: shape.patchSize, numRegisters: shape.registers,
            preprocessing: model.preprocessing, provenance: model.manifest.provenance ?? [:], card: model.card,
            maximumSize: side * shape.patchSize, maximumPixels: limits.maximumPixels, maximumSide: limits.maximumSide)
    }
}

extension KeptImage {
    /// What is kept of the decoded `image` of `file`. The thumbnail costs a resize; it is never larger than the image.
    package init(_ image: RGBImage, of file: [UInt8]) throws(FeatureAPIError) {
        let scale = min(1, Double(Self.thumbnailSide) / Double(max(image.width, image.height)))
        let (width, height) = (Double(image.width) * scale, Double(image.height) * scale)
        let small =
            scale < 1
            ? image.resized(
                width: max(1, Int(width.rounded())), height: max(1, Int(height.rounded())), filter: .bilinear)
            : image
        do throws(ImageEncodingError) {
            self.init(
                mediaType: "image/\((ImageFormat.sniff(file) ?? .jpeg).rawValue)", width: image.width,
                height: image.height, thumbnail: try small.jpeg(quality: 80))
        } catch {
            // The sides are bounded, so only memory can be what is missing.
            throw FeatureAPIError(.unsupportedImage, "No thumbnail could be made of the image.")
        }
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
