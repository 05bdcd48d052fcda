import FeatureStorage
import HTTPServer
import HTTPTypes

/// What is known about stored images: list, read, change and remove it.
struct ImageHandler: Sendable {
    /// Images of a page.
    static let pages = 1...500
    private static let listOptions = ["cursor", "filter", "key", "label", "limit"]

    /// `GET /v1/images`: a page, in the order of ids; the cursor is the last id of the page before.
    func list(_ collection: ImageCollection, _ request: ServerRequest) async throws -> ServerResponse {
        let options = try request.options(Self.listOptions)
        let room = Reservation(collection.ingest.pipeline.admission)
        let images: [StoredImage]
        let limit = try options["limit"].map { (text) throws(FeatureAPIError) in try Self.limit(text) } ?? 100
        try room.extend(bytes: (limit + 1) * Self.bytesBesideTexts)
        if let key = options["key"] {
            guard options.count == 1 else {
                throw FeatureAPIError(.invalidOption, "The option \"key\" names one image; it goes with no other.")
            }
            let valid = try StoredText.key(key)
            images = try await collection.read { store in try store.image(key: valid).map { [$0] } ?? [] }
        } else {
            let query = ListQuery(
                after: try Self.cursor(options["cursor"]), limit: limit + 1, filter: try Self.filter(options))
            images = try await collection.read { store in try store.list(query) }
        }
        // What was read, and once more what is written.
        try room.extend(bytes: 2 * images.reduce(0) { $0 + $1.textBytes })
        let bytes = try await collection.ingest.pipeline.workers.run(.finishing) {
            let page = images.prefix(limit)
            var writer = JSONWriter()
            writer.object { writer in
                writer.key("data")
                writer.array { for image in page { image.write(to: &$0) } }
                writer.member("next_cursor", optional: images.count > limit ? page.last.map { String($0.id) } : nil)
            }
            return writer.bytes
        }
        return .answer(bytes, room: room)
    }

    /// Bytes of an image in memory and in JSON but for what somebody said about it.
    private static let bytesBesideTexts = 1 << 10

    /// `GET /v1/images/{id}`
    func get(_ collection: ImageCollection, _ request: ServerRequest) async throws -> ServerResponse {
        _ = try request.options([])
        let id = try request.imageID()
        let image = try await collection.read { store in try store.image(id) }
        guard let image else { throw FeatureAPIError.unknownImage(id) }
        return ServerResponse.json { image.write(to: &$0) }.tagged(image.tag, for: request)
    }

    /// `PATCH /v1/images/{id}`
    func patch(_ collection: ImageCollection, _ request: ServerRequest) async throws -> ServerResponse {
        _ = try request.options([])
        let id = try request.imageID()
        try Self.checkPatchType(request.headerFields[.contentType])
        let body = try await request.body.collect()
        guard !body.isEmpty else { throw FeatureAPIError(.emptyBody, "The body is empty; it has to be JSON.") }
        let patch = try ImagePatch(json: body)
        let preconditions = Preconditions(request.headerFields)
        let live = collection.live
        let image = try await collection.change { store in
            guard let image = try store.image(id) else { throw FeatureAPIError.unknownImage(id) }
            try preconditions.check(image.tag)
            return try live.update(id, patch.change(of: image), in: store)
        }
        guard let image else { throw FeatureAPIError.unknownImage(id) }
        var response = ServerResponse.json { image.write(to: &$0) }
        response.headerFields[.eTag] = image.tag.text
        return response
    }

    /// `DELETE /v1/images/{id}`
    func delete(_ collection: ImageCollection, _ request: ServerRequest) async throws -> ServerResponse {
        _ = try request.options([])
        let id = try request.imageID()
        let preconditions = Preconditions(request.headerFields)
        let live = collection.live
        try await collection.change { store in
            guard let image = try store.image(id) else { throw FeatureAPIError.unknownImage(id) }
            try preconditions.check(image.tag)
            _ = try live.remove([id], from: store)
        }
        return ServerResponse(status: .noContent)
    }

    private static func checkPatchType(_ field: String?) throws(FeatureAPIError) {
        let type = field.flatMap(MediaType.init)?.essence
        guard type == "application/merge-patch+json" || type == "application/json" else {
            throw FeatureAPIError(
                .unsupportedMediaType, "A change is application/merge-patch+json (RFC 7396) or application/json.")
        }
    }

    private static func limit(_ text: String) throws(FeatureAPIError) -> Int {
        guard let limit = Int(text), pages.contains(limit) else {
            throw FeatureAPIError(
                .invalidOption,
                "The option \"limit\" takes a whole number from \(pages.lowerBound) to \(pages.upperBound).")
        }
        return limit
    }

    private static func cursor(_ text: String?) throws(FeatureAPIError) -> Int64 {
        guard let text else { return 0 }
        guard let id = Int64(text), id >= 0 else {
            throw FeatureAPIError(.invalidOption, "The option \"cursor\" takes the \"next_cursor\" of the page before.")
        }
        return id
    }

    private static func filter(_ options: [String: String]) throws(FeatureAPIError) -> ImageFilter {
        var filter = ImageFilter()
        if let text = options["filter"] {
            filter = try ImageFilter(json: try JSONParser.parse(Array(text.utf8), what: "The option \"filter\""))
        }
        guard let label = options["label"] else { return filter }
        guard filter.labels == .any else { throw ImageFilter.fault("the option \"label\" names one beside it") }
        filter.labels = .oneOf([try StoredText.label(label)])
        return filter
    }
}
