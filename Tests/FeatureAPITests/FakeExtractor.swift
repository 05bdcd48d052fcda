import DINO
import Dispatch
import FeatureAPI
import Images
import Synchronization
import Tensors

/// A model of three dimensions whose images are four bytes: a JPEG's first three and a value.
///
/// The value 0 is a damaged image and 255 makes the model give NaN; any other value v has the CLS feature (v, 1, 0).
final class FakeExtractor: FeatureExtractor {
    let model: ModelDescription
    private static let description = ModelDescription(
        name: "fake", fingerprint: String(repeating: "0123", count: 16), family: "dino", embedDim: 3, depth: 1,
        numHeads: 1,
        patchSize: 4, numRegisters: 2, preprocessing: Preprocessing(resize: 8, crop: 8), provenance: ["data": "none"],
        maximumSize: 16, maximumPixels: 40_000_000, maximumSide: 16_384)
    private let recorded = Mutex([[Float]]())
    private let gate: DispatchSemaphore?

    /// A model that computes at once, or one that waits for ``open(_:)`` before each batch.
    init(isGated: Bool = false, card: String? = nil) {
        gate = isGated ? DispatchSemaphore(value: 0) : nil
        var description = Self.description
        description.card = card
        model = description
    }

    /// The values of each batch that was computed.
    var batches: [[Float]] { recorded.withLock { $0 } }

    /// Lets so many batches go on.
    func open(_ count: Int = 1) {
        for _ in 0..<count { gate?.signal() }
    }

    static func image(_ value: UInt8) -> [UInt8] { [0xFF, 0xD8, 0xFF, value] }

    func prepare(_ file: [UInt8], size: Int) throws -> Tensor {
        guard file.starts(with: [0xFF, 0xD8, 0xFF]) else {
            throw FeatureAPIError(.unknownImageFormat, "No image.")
        }
        guard let value = file.last, value > 0 else { throw FeatureAPIError(.damagedImage, "Damaged.") }
        return Tensor(shape: [3, size, size], scalars: [Float](repeating: Float(value), count: 3 * size * size))
    }

    func prepareToKeep(_ file: [UInt8], size: Int) throws -> (input: Tensor, kept: KeptImage) {
        let thumbnail: [UInt8] = [0xFF, 0xD8, 0xFF, 0, file.last ?? 0]
        return (
            try prepare(file, size: size),
            KeptImage(mediaType: "image/jpeg", width: 30, height: 20, thumbnail: thumbnail)
        )
    }

    func prepareToShow(_ file: [UInt8], size: Int) throws -> (input: Tensor, image: RGBImage) {
        (
            try prepare(file, size: size),
            RGBImage(width: 30, height: 20, pixels: [UInt8](repeating: file.last ?? 0, count: 30 * 20 * 3))
        )
    }

    func extract(_ batch: Tensor, kinds: Set<FeatureKind>) throws -> [FeatureKind: Tensor] {
        let (count, size) = (batch.shape[0], batch.shape[2])
        let values = (0..<count).map { batch.scalars[$0 * batch.count / count] }
        recorded.withLock { $0.append(values) }
        gate?.wait()
        let rows = values.map { $0 == 255 ? .nan : $0 }
        let patches = (size / 4) * (size / 4)
        return [
            .cls: Tensor(shape: [count, 3], scalars: rows.flatMap { [$0, 1, 0] }),
            .patches: Tensor(
                shape: [count, patches, 3],
                scalars: rows.flatMap { row in (0..<patches).flatMap { [row, Float($0), 1] } }),
            .registers: Tensor(shape: [count, 2, 3], scalars: rows.flatMap { [$0, 0, 0, 0, $0, 0] }),
            // The one head looks at the first patch most, and at each next one half as much.
            .clsAttention: Tensor(
                shape: [count, 1, patches],
                scalars: rows.flatMap { row in
                    (0..<patches).map { (row.isNaN ? row : 1) * Float(sign: .plus, exponent: -1 - $0, significand: 1) }
                }),
            .patchNorms: Tensor(
                shape: [count, patches], scalars: rows.flatMap { _ in (0..<patches).map { $0 == 0 ? 50 : 1 } }),
        ]
    }
}

/// Waits until `condition` holds, however long the machine takes.
func eventually(_ condition: () -> Bool) async throws {
    while !condition() { try await Task.sleep(for: .milliseconds(1)) }
}
