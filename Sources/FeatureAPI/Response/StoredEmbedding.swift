import FeatureStorage
import HTTPServer
import HTTPTypes
import Tensors

/// The stored features of one image, before they are written in one of their forms.
struct StoredEmbedding: Sendable {
    let id: Int64
    let kind: FeatureKind
    let model: GenerationModel
    /// `(D)` for cls, `(N, D)` for patches.
    let features: Tensor
    /// The patches, row by row.
    var grid: (height: Int, width: Int)

    /// Bytes that the features of one kind take in memory and in an answer of `form`.
    static func bytes(_ kind: FeatureKind, of model: GenerationModel, in form: EmbeddingForm) -> Int {
        let numbers = (kind == .patches ? model.gridHeight * model.gridWidth : 1) * model.dimensions
        // As stored, in float32, and in decimal digits or once more in float32.
        return 1024 + numbers * (1 + 4 + (form.isBinary ? 4 : 14))
    }

    /// The features of `image` under `generation`; patches are stored in 8 bits.
    init(
        of image: StoredImage, kind: FeatureKind, under generation: Generation, in collection: ImageCollection
    ) async throws {
        (id, self.kind, model) = (image.id, kind, generation.model)
        grid = (model.gridHeight, model.gridWidth)
        let vector = try await collection.vectors(of: [image.id], in: generation)[image.id] ?? []
        guard kind == .patches else {
            features = Tensor(shape: [vector.count], scalars: vector)
            return
        }
        let patches = try await collection.read { store in
            try store.patches(of: [image.id], generation: generation.id)[image.id].map { patches in
                (height: patches.height, width: patches.width, features: patches.dequantized)
            }
        }
        guard let patches else {
            throw FeatureAPIError(
                .notEmbedded,
                "Image \(image.id) was stored without patch features; start the server with --patches int8 and re-embed."
            )
        }
        grid = (patches.height, patches.width)
        features = patches.features
    }

    /// The answer in `form`, which is not lines.
    func response(_ form: EmbeddingForm) -> ServerResponse {
        var fields: HTTPFields = [.contentType: form.rawValue]
        fields.set("X-Model", model.name)
        fields.set("X-Model-Fingerprint", model.fingerprint)
        guard form.isBinary else { return ServerResponse(headerFields: fields, body: .bytes(json())) }
        fields.set("X-Feature", kind.rawValue)
        fields.describe(features)
        return ServerResponse(
            headerFields: fields, body: .bytes(form == .npy ? features.npy : features.littleEndianBytes))
    }

    private func json() -> [UInt8] {
        var writer = JSONWriter()
        writer.reserve(256 + 14 * features.count)
        writer.object { writer in
            writer.member("id", Int(id))
            writer.member("model", model.name)
            writer.member("fingerprint", model.fingerprint)
            writer.member("dimensions", model.dimensions)
            writer.key("grid")
            writer.members([("height", grid.height), ("width", grid.width)])
            guard kind == .patches else {
                writer.key("embedding")
                return writer.numbers(features.scalars)
            }
            writer.key("patches")
            writer.array { writer in
                for start in stride(from: 0, to: features.count, by: max(model.dimensions, 1)) {
                    writer.numbers(features.scalars[start..<start + model.dimensions])
                }
            }
        }
        return writer.bytes
    }
}
