import FeatureStorage
import HTTPServer
import HTTPTypes
import Tensors

/// The content of stored images: file, thumbnail and features. An id names one content for ever, so caches may keep it.
struct ImageContentHandler: Sendable {
    let limits: RequestLimits
    private static let immutable = "private, max-age=31536000, immutable"

    init(limits: RequestLimits) { self.limits = limits }

    /// `GET /v1/images/{id}/content`: the file, byte for byte.
    func content(_ collection: ImageCollection, _ request: ServerRequest) async throws -> ServerResponse {
        _ = try request.options([])
        let image = try await collection.image(request)
        let tag = EntityTag(image.contentHash)
        let room = Reservation(collection.ingest.pipeline.admission)
        var response = ServerResponse(contentType: image.mediaType, bytes: [])
        if !Preconditions(request.headerFields).areSatisfied(by: tag) {
            try room.extend(bytes: image.byteCount)
            response.body = .bytes(try await collection.original(of: image))
        }
        response.headerFields[.contentDisposition] = Self.disposition(image)
        response.retained = room
        return response.tagged(tag, for: request, cacheControl: Self.immutable).unsniffed
    }

    /// `GET /v1/images/{id}/thumbnail`: a JPEG.
    func thumbnail(_ collection: ImageCollection, _ request: ServerRequest) async throws -> ServerResponse {
        _ = try request.options([])
        let image = try await collection.image(request)
        let thumbnail = try await collection.read { store in try store.thumbnail(image.id) }
        guard let thumbnail else { throw FeatureAPIError.unknownImage(image.id) }
        return ServerResponse(contentType: "image/jpeg", bytes: thumbnail)
            .tagged(EntityTag("\(image.contentHash)-thumbnail"), for: request, cacheControl: Self.immutable).unsniffed
    }

    /// `GET /v1/images/{id}/embedding`: the stored features of one kind, under the model that searches are answered with.
    func embedding(_ collection: ImageCollection, _ request: ServerRequest) async throws -> ServerResponse {
        let options = try request.options(["features"])
        let kind = try Self.kind(options["features"])
        let form = try EmbeddingForm.choose(request.headerFields[.accept])
        guard form != .lines else { throw FeatureAPIError(.notAcceptable, "One image is not answered in lines.") }
        let image = try await collection.image(request)
        let generation = collection.active.generation
        let room = Reservation(collection.ingest.pipeline.admission)
        try room.extend(bytes: StoredEmbedding.bytes(kind, of: generation.model, in: form))
        let stored = try await StoredEmbedding(of: image, kind: kind, under: generation, in: collection)
        let response = try await collection.ingest.pipeline.workers.run(.finishing) { stored.response(form) }
            .retaining(room)
        // What the tag stands for never changes, but which generation is searched does.
        let tag = EntityTag("\(image.contentHash)-\(generation.model.fingerprint)-\(kind.rawValue)-\(form)")
        var tagged = response.tagged(tag, for: request)
        tagged.headerFields[.vary] = "Accept"
        return tagged
    }

    private static func kind(_ text: String?) throws(FeatureAPIError) -> FeatureKind {
        switch text {
        case nil, FeatureKind.cls.rawValue: .cls
        case FeatureKind.patches.rawValue: .patches
        default: throw FeatureAPIError(.invalidOption, "The option \"features\" takes cls or patches.")
        }
    }

    /// The file's name for whoever saves it (RFC 6266, RFC 8187): plain ASCII, and the whole name in UTF-8.
    private static func disposition(_ image: StoredImage) -> String {
        let ending = image.mediaType.split(separator: "/").last ?? "bin"
        let name = image.name ?? "\(image.id).\(ending)"
        let plain = String(
            decoding: name.utf8.map { (0x20..<0x7F).contains($0) && !"\"\\%/".utf8.contains($0) ? $0 : 0x5F },
            as: UTF8.self)
        guard plain != name else { return "inline; filename=\"\(plain)\"" }
        var encoded = ""
        for byte in name.utf8 {
            let isPlain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_~".utf8.contains(byte)
            let digits = String(byte, radix: 16, uppercase: true)
            encoded += isPlain ? String(UnicodeScalar(byte)) : "%" + (byte < 16 ? "0" : "") + digits
        }
        return "inline; filename=\"\(plain)\"; filename*=UTF-8''\(encoded)"
    }
}

extension ImageCollection {
    /// The image that the path of `request` names.
    func image(_ request: ServerRequest) async throws -> StoredImage {
        let id = try request.imageID()
        guard let image = try await read({ store in try store.image(id) }) else {
            throw FeatureAPIError.unknownImage(id)
        }
        return image
    }

    /// The file of an image, where it was kept.
    func original(of image: StoredImage) async throws -> [UInt8] {
        guard let file = try await read({ store in try store.original(image.id) }) else {
            throw FeatureAPIError(
                .originalNotKept, "The file of image \(image.id) was not kept; its thumbnail and its features were.")
        }
        return file
    }
}

extension ServerResponse {
    /// The same, of the type that it states and no other: a file is whatever its sender made it.
    fileprivate var unsniffed: ServerResponse {
        var response = self
        if let name = HTTPField.Name("X-Content-Type-Options") { response.headerFields[name] = "nosniff" }
        return response
    }
}
