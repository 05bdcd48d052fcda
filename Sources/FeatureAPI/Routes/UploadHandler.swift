import HTTPServer
import HTTPTypes

/// `POST /v1/images` and `PUT /v1/images/{key}`: embed and store; the answer is sent once it is durable.
struct UploadHandler: Sendable {
    let limits: RequestLimits

    func post(_ collection: ImageCollection, _ request: ServerRequest) async throws -> ServerResponse {
        let room = Reservation(collection.ingest.pipeline.admission)
        defer { withExtendedLifetime(room) {} }
        let options = try OptionReader<UploadOptions>(query: request.query)
        let asked = try await reader(collection).read(request, room: room) { [limits] submission in
            try UploadRequest(submission, options: options, limits: limits)
        }
        try collection.ingest.take(room, images: asked.uploads.count)
        let results = try await collection.add(asked.uploads)
        if asked.isSingle, let result = results.first { return answer(try result.get(), collection) }
        let faults = results.enumerated().compactMap { index, result in
            if case .failure(let fault) = result { fault.at(index) } else { nil }
        }
        if faults.count == results.count, let fault = faults.first { throw fault }
        return list(results, collection, requestID: request.requestID)
    }

    func put(_ collection: ImageCollection, _ request: ServerRequest) async throws -> ServerResponse {
        let key = try StoredText.key(request.pathParameters["id", default: ""])
        let room = Reservation(collection.ingest.pipeline.admission)
        defer { withExtendedLifetime(room) {} }
        let options = try OptionReader<UploadOptions>(query: request.query)
        let asked = try await reader(collection).read(request, room: room) { [limits] submission in
            guard case .image = submission else {
                throw FeatureAPIError(
                    .unsupportedMediaType, "PUT takes one image as it is; send its bytes as the body.")
            }
            return try UploadRequest(submission, options: options, limits: limits)
        }
        try collection.ingest.take(room, images: 1)
        guard var upload = asked.uploads.first else { throw FeatureAPIError(.emptyBody, "There is no image.") }
        upload.key = key
        let preconditions = Preconditions(request.headerFields)
        return answer(try await collection.put(upload) { try preconditions.check($0?.tag) }, collection)
    }

    private func reader(_ collection: ImageCollection) -> SubmissionReader {
        // Metadata may come as a field, with white space that is not stored.
        let bytes = 2 * StoredText.maximumMetadataBytes
        return SubmissionReader(
            limits: limits, workers: collection.ingest.pipeline.workers, maximumFieldBytes: bytes,
            tooLong: ["metadata": StoredText.metadataTooLarge("more than \(bytes) with their white space")])
    }

    /// The answer about one image: 201 where it is new.
    private func answer(_ stored: StoredUpload, _ collection: ImageCollection) -> ServerResponse {
        var response = ServerResponse.json(stored.status == .existing ? .ok : .created) { writer in
            writer.object { write(stored, collection, to: &$0) }
        }
        response.headerFields[.location] = stored.image.path
        response.headerFields[.eTag] = stored.image.tag.text
        return response
    }

    private func list(
        _ results: [Result<StoredUpload, FeatureAPIError>], _ collection: ImageCollection, requestID: String
    ) -> ServerResponse {
        .json { writer in
            writer.object { writer in
                writer.key("data")
                writer.array { writer in
                    for (index, result) in results.enumerated() {
                        writer.object { writer in
                            writer.member("index", index)
                            switch result {
                            case .success(let stored): write(stored, collection, to: &writer)
                            case .failure(let fault):
                                writer.member("status", "error")
                                writer.key("error")
                                writer.problem(fault.at(index), requestID: requestID)
                            }
                        }
                    }
                }
            }
        }
    }

    private func write(_ stored: StoredUpload, _ collection: ImageCollection, to writer: inout JSONWriter) {
        writer.member("status", stored.status.rawValue)
        writer.key("searchable")
        writer.bool(collection.isOwnGenerationActive)
        stored.image.members(to: &writer)
    }
}

extension ImageIngest {
    /// Takes room for the inputs and the features of `count` images.
    func take(_ room: Reservation, images count: Int) throws(FeatureAPIError) {
        let vectors = keepsPatches ? 1 + gridSide * gridSide : 1
        let numbers = 3 * size * size + vectors * pipeline.model.embedDim
        try room.extend(images: count, bytes: count * numbers * MemoryLayout<Float>.size)
    }
}

extension JSONWriter {
    /// An error as a value.
    mutating func problem(_ error: FeatureAPIError, requestID: String) {
        var problem = error.problem
        problem.requestID = requestID
        text(problem.json)
    }
}
