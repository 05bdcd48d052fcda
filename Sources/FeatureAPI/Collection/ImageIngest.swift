import Crypto
public import FeatureStorage
package import Tensors

/// From a file to an image that can be stored: decoded upright, hashed, made small, embedded.
///
///     let ingest = ImageIngest(pipeline: pipeline, keepsPatches: true)
///     let (image, _) = try await ingest.newImage(of: file)
///
/// Routes, `import` and re-embedding all make images here, so that what is stored does not depend on how it came.
public struct ImageIngest: Sendable {
    /// The model and the threads that decode.
    public let pipeline: EmbeddingPipeline
    /// Whether patch features are kept, which search by region needs; a byte for each of their numbers.
    public let keepsPatches: Bool

    /// An ingest into the features of `pipeline`'s model.
    public init(pipeline: EmbeddingPipeline, keepsPatches: Bool) {
        (self.pipeline, self.keepsPatches) = (pipeline, keepsPatches)
    }

    /// SHA-256 of a file, 64 hexadecimal digits. Blocking: some milliseconds for ten megabytes.
    public static func contentHash(_ file: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        let text = SHA256.hash(data: file).flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
        return String(decoding: text, as: UTF8.self)
    }

    /// The side of the model's input, in pixels: stored features are those of the model's own size.
    package var size: Int {
        let preprocessing = pipeline.model.preprocessing
        return preprocessing.crop / pipeline.model.patchSize * pipeline.model.patchSize
    }

    /// Patches on a side of the input.
    var gridSide: Int { size / pipeline.model.patchSize }

    private var kinds: Set<FeatureKind> { keepsPatches ? [.cls, .patches] : [.cls] }

    /// The image in `file` with hash, size, thumbnail and features, and where the time went. Key, name, label and
    /// metadata are the caller's to add.
    ///
    /// - Parameter contentHash: of `file`, where the caller has computed it.
    /// - Throws: ``FeatureAPIError``, or `CancellationError` where the task was cancelled.
    public func newImage(
        of file: [UInt8], contentHash: String? = nil
    ) async throws -> (image: NewImage, timing: EmbeddedImage.Timing) {
        let (embedded, kept) = try await pipeline.embedToKeep(file, size: size, kinds: kinds)
        let image = try await pipeline.workers.run(.finishing) {
            try NewImage(
                contentHash: contentHash ?? Self.contentHash(file), mediaType: kept.mediaType, bytes: file,
                width: kept.width, height: kept.height, thumbnail: kept.thumbnail, features: features(embedded))
        }
        return (image, embedded.timing)
    }

    /// The features of `file` alone, as they are stored: for images that are stored already.
    ///
    /// - Throws: ``FeatureAPIError``, or `CancellationError` where the task was cancelled.
    public func features(of file: [UInt8]) async throws -> ImageFeatures {
        let embedded = try await pipeline.embed(file, size: size, kinds: kinds)
        return try await pipeline.workers.run(.finishing) { try features(embedded) }
    }

    private func features(_ embedded: EmbeddedImage) throws(FeatureAPIError) -> ImageFeatures {
        let cls = embedded.features[.cls]?.scalars ?? []
        guard cls.contains(where: { $0 != 0 }) else {
            throw FeatureAPIError(.nonFiniteFeatures, "The model gave a feature of zeros, which has no direction.")
        }
        return ImageFeatures(
            cls: cls,
            patches: embedded.features[.patches].map { PatchFeatures($0, height: gridSide, width: gridSide) })
    }
}

extension PatchFeatures {
    /// The patches `(height · width, D)` in 8 bits: each divided by its largest magnitude over 127, and rounded.
    package init(_ patches: Tensor, height: Int, width: Int) {
        let columns = patches.shape.last ?? 0
        var scales = [Float]()
        var values = [Int8]()
        scales.reserveCapacity(height * width)
        values.reserveCapacity(patches.count)
        for start in stride(from: 0, to: patches.count, by: max(columns, 1)) {
            let row = patches.scalars[start..<start + columns]
            let scale = row.reduce(0) { max($0, abs($1)) } / 127
            scales.append(scale)
            for value in row { values.append(scale > 0 ? Int8((value / scale).rounded().clamped(to: -127...127)) : 0) }
        }
        self.init(height: height, width: width, scales: scales, values: values)
    }

    /// The patches in float32, `(height · width, D)`.
    package var dequantized: Tensor {
        let columns = scales.isEmpty ? 0 : values.count / scales.count
        var scalars = [Float]()
        scalars.reserveCapacity(values.count)
        for (patch, scale) in scales.enumerated() {
            for value in values[patch * columns..<(patch + 1) * columns] { scalars.append(Float(value) * scale) }
        }
        return Tensor(shape: [scales.count, columns], scalars: scalars)
    }
}

extension Float {
    fileprivate func clamped(to range: ClosedRange<Float>) -> Float {
        min(max(self, range.lowerBound), range.upperBound)
    }
}
