import HTTPServer
import HTTPTypes

/// Reads the request of `POST /v1/embeddings` out of query, header and body.
struct EmbeddingRequestReader: Sendable {
    let limits: RequestLimits
    let workers: WorkerPool

    /// What `request` asks. What can be refused without the body is refused before a byte of it is read; the bytes that
    /// are read take `room` as they come.
    func read(_ request: ServerRequest, room: Reservation) async throws -> EmbeddingRequest {
        var options = OptionReader()
        for (name, value) in request.query { try options.set(name, toText: value) }
        let body = try EmbeddingBody(
            contentType: request.headerFields[.contentType], contentEncoding: request.headerFields[.contentEncoding])
        switch body {
        case .image(let declaredType):
            let file = try await collect(request.body, limit: limits.imageBytes, room: room)
            guard !file.isEmpty else { throw FeatureAPIError(.emptyBody, "The body is empty; it has to be an image.") }
            let image = SubmittedImage(bytes: file, declaredType: declaredType)
            return EmbeddingRequest(images: [image], options: options.options)
        case .json:
            let text = try await collect(request.body, limit: limits.bodyBytes, room: room)
            guard !text.isEmpty else { throw FeatureAPIError(.emptyBody, "The body is empty; it has to be JSON.") }
            try room.extend(bytes: text.count / 4 * 3)
            return try await workers.run { [options, limits] in
                try EmbeddingRequest(json: text, options: options, limits: limits)
            }
        case .form(let boundary):
            var parser = MultipartParser(boundary: boundary, limits: limits)
            for try await chunk in request.body {
                try room.extend(bytes: chunk.count)
                try parser.append(chunk)
            }
            return try EmbeddingRequest(parts: parser.finish(), options: options)
        }
    }

    private func collect(_ body: RequestBody, limit: Int, room: Reservation) async throws -> [UInt8] {
        try limits.check(bodyBytes: body.declaredLength ?? 0, limit: limit)
        var bytes = [UInt8]()
        // What a client announces but never sends must not take memory.
        bytes.reserveCapacity(min(body.declaredLength ?? 0, 4 << 20))
        for try await chunk in body {
            try limits.check(bodyBytes: bytes.count + chunk.count, limit: limit)
            try room.extend(bytes: chunk.count)
            bytes.append(contentsOf: chunk)
        }
        return bytes
    }
}
