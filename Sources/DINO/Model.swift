public import Checkpoints
public import Foundation
public import Images
public import Tensors

/// A loaded model: the network, how photographs are prepared for it, and its identity.
///
///     let model = try Model.load("weights/dino-vit-tiny-8-64", on: Compute(threads: 2))
///     let features = try model.transformer.forward(input)
public struct Model: Sendable {
    /// The name shown to users.
    public let name: String
    /// The manifest as read, or what was inferred without one.
    public let manifest: Manifest
    /// The text of `MODEL_CARD.md` in the model's folder: Markdown of at most 256 KiB. Nothing where there is none, as
    /// beside a bare checkpoint.
    public let card: String?
    /// How the checkpoint names its tensors.
    public let layout: Layout
    /// The network's shape.
    public let architecture: Architecture
    /// How the positional embedding is carried to other sizes.
    public let interpolation: PositionInterpolation
    /// How a photograph becomes an input.
    public let preprocessing: Preprocessing
    /// Whether a JPEG much larger than the input is decoded at a fraction of its size; part of the fingerprint.
    public let fastDecode: Bool
    /// The file that holds the weights.
    public let weightsURL: URL
    /// SHA-256 of the weights' file, 64 hexadecimal digits.
    public let weightsSHA256: String
    /// SHA-256 over the weights and every knob that changes an embedding. Vectors of different fingerprints must not
    /// be compared.
    public let fingerprint: String
    /// The arithmetic's precision; part of the fingerprint.
    public var precision: Precision { transformer.precision }
    /// The network.
    public let transformer: VisionTransformer

    /// The model at `path`: a model directory, a Hugging Face folder, or a bare `.pth` or `.safetensors` file.
    ///
    /// Takes the architecture from the tensors, strictly; checks the weights' hash where the manifest states one; runs
    /// a first small pass, so that weights with numbers that are not finite are refused here and not in an answer. A
    /// training's checkpoint carries its manifest in its metadata; a `model.json` beside it goes first.
    ///
    /// - Parameters:
    ///   - key: the network to take from a training's checkpoint.
    ///   - precision: the arithmetic of the products; weights are packed in it.
    ///   - fastDecode: whether a JPEG much larger than the input is decoded at a fraction of its size.
    public static func load(
        _ path: String, key: CheckpointKey = .teacher, precision: Precision = .fp32, fastDecode: Bool = false,
        on compute: Compute, maximumTokens: Int = 8192
    ) throws -> Model {
        try ModelSource(path, key: key).model(
            precision, fastDecode: fastDecode, on: compute, maximumTokens: maximumTokens)
    }

    init(
        _ source: ModelSource, precision: Precision, fastDecode: Bool, compute: Compute, maximumTokens: Int
    ) throws {
        let (files, checkpoint, key) = (source.files, source.checkpoint, source.key)
        self.fastDecode = fastDecode
        manifest = try files.manifest == Manifest() ? Manifest(metadata: checkpoint) : files.manifest
        name = manifest.name ?? files.name
        card = files.card
        layout = checkpoint.layout
        weightsURL = checkpoint.url
        architecture = try Architecture(of: checkpoint, manifest: manifest)
        interpolation = try Self.interpolation(manifest, checkpoint, architecture)
        preprocessing = try manifest.preprocessing ?? Self.preprocessing(checkpoint, architecture)
        if let objection = preprocessing.objection(patch: architecture.patchSize) {
            throw ModelError.description(file: files.descriptionPath, reason: objection)
        }
        let side = (preprocessing.side(for: nil, patch: architecture.patchSize) ?? 0) / architecture.patchSize
        guard side * side + architecture.prefixTokens <= maximumTokens else {
            throw ModelError.input(
                "an image of \(name)'s own size is \(side * side + architecture.prefixTokens) tokens, the limit is "
                    + "\(maximumTokens): raise the limit of tokens")
        }

        // Packed while the file is hashed. What is wrong with a damaged file is best said by its hash.
        let packed = Result { [architecture, interpolation] in
            try VisionTransformer(
                checkpoint, architecture, interpolation: interpolation, maximumTokens: maximumTokens,
                precision: precision, on: compute)
        }
        weightsSHA256 = source.hash.value()
        if let stated = manifest.sha256?.lowercased(), stated != weightsSHA256 {
            throw ModelError.description(
                file: files.descriptionPath,
                reason:
                    "sha256 is \(stated), but \(checkpoint.url.lastPathComponent) has \(weightsSHA256): the weights "
                    + "are not the ones the manifest was made for; get them again")
        }
        fingerprint = try Fingerprint.of(
            weights: weightsSHA256,
            knobs: Knobs(
                architecture: architecture, interpolation: interpolation, preprocessing: preprocessing,
                network: key == .teacher ? nil : key.rawValue, precision: Self.arithmetic(precision, on: compute),
                fastDecode: fastDecode ? true : nil))
        transformer = try packed.get()
    }

    /// The name of all arithmetic of a precision: what is beside 8 bits differs between processors.
    private static func arithmetic(_ precision: Precision, on compute: Compute) -> String {
        precision == .int8 ? "int8+\(compute.besideInt8.rawValue)" : precision.rawValue
    }

    private struct Knobs: Encodable {
        let architecture: Architecture
        let interpolation: PositionInterpolation
        let preprocessing: Preprocessing
        /// Named where it is not the one a checkpoint is usually opened for.
        let network: String?
        let precision: String
        /// Named where it is chosen, so that fingerprints without it stay what they were.
        let fastDecode: Bool?
    }

    /// The input (3, side, side) of an image file. Blocking: milliseconds per megapixel.
    ///
    /// - Precondition: `side` is positive.
    public func input(of file: [UInt8], side: Int, limits: ImageLimits = .init()) throws(ImageError) -> Tensor {
        try preprocessing.input(of: file, side: side, limits: limits, fast: fastDecode)
    }

    /// Whether the input of a file is made of a decoding at a fraction of its size, and not of all its pixels.
    ///
    /// - Precondition: `side` is positive.
    public func decodesAtFraction(_ info: ImageInfo, side: Int) -> Bool {
        fastDecode && preprocessing.fastDenominator(of: info, side: side) > 1
    }

    func warmUp() throws {
        let side = architecture.patchSize
        let features = try transformer.forward(Tensor(zeros: [1, 3, side, side]))
        guard features.cls.scalars.allSatisfy(\.isFinite) else {
            throw ModelError.notFinite("\(name) answers with numbers that are not finite")
        }
    }
}

extension Model {
    /// The published rule of a model's family and layout, where its manifest states none.
    ///
    /// DINO and DINOv2: offset 0.1, no antialias; DINOv2 with registers: offset 0, antialias. Hugging Face: offset 0,
    /// antialias with registers only. timm: offset 0, antialias; its DINO files cannot be told from the original.
    static func interpolation(
        _ manifest: Manifest, _ checkpoint: Checkpoint, _ architecture: Architecture
    ) throws(ModelError) -> PositionInterpolation {
        let registers = architecture.registers > 0
        let published: PositionInterpolation
        switch checkpoint.layout {
        case .dino: published = .init(offset: 0.1, antialias: false)
        case .dinov2: published = .init(offset: registers ? 0 : 0.1, antialias: registers)
        case .timm: published = .init(offset: 0, antialias: true)
        case .huggingFaceViT, .huggingFaceDinov2: published = .init(offset: 0, antialias: registers)
        }
        let offset = manifest.interpolateOffset ?? published.offset
        guard (0..<1).contains(offset) else {
            throw .description(file: "model.json", reason: "interpolate_offset is \(offset), expected 0 to under 1")
        }
        return PositionInterpolation(offset: offset, antialias: manifest.antialias ?? published.antialias)
    }

    /// The evaluation rule of the published models; small models trained on small images take those whole.
    static func preprocessing(
        _ checkpoint: Checkpoint, _ architecture: Architecture
    ) throws(ModelError) -> Preprocessing {
        if let published = checkpoint.huggingFace?.preprocessor { return try Preprocessing(published) }
        if architecture.trainSize < 224 {
            return Preprocessing(resize: architecture.trainSize, crop: architecture.trainSize)
        }
        let patch = architecture.patchSize
        return Preprocessing(resize: 256, crop: 224 / patch * patch)
    }
}
