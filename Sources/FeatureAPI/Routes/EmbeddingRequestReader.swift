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
            return try await json(request.body, options: options, room: room)
        case .form(let boundary):
            var parser = MultipartParser(boundary: boundary, limits: limits)
            for try await chunk in request.body {
                try room.extend(bytes: chunk.count)
                try parser.append(chunk)
            }
            return try EmbeddingRequest(parts: parser.finish(), options: options)
        }
    }

    /// The request in JSON. Its text has room until its images are decoded, and a second time where it has escapes:
    /// resolving them takes a copy.
    private func json(_ body: RequestBody, options: OptionReader, room: Reservation) async throws -> EmbeddingRequest {
        let text = try await collect(body, limit: limits.bodyBytes, room: room)
        guard !text.isEmpty else { throw FeatureAPIError(.emptyBody, "The body is empty; it has to be JSON.") }
        let copy = text.contains(UInt8(ascii: "\\")) ? text.count : 0
        try room.extend(bytes: text.count / 4 * 3 + copy)
        let asked = try await workers.run { [limits] in
            try EmbeddingRequest(json: text, options: options, limits: limits)
        }
        room.release(bytes: text.count + copy)
        return asked
    }

    /// The whole body, if it has at most `limit` bytes; they take `room` as they come.
    private func collect(_ body: RequestBody, limit: Int, room: Reservation) async throws -> [UInt8] {
        try limits.check(bodyBytes: body.declaredLength ?? 0, limit: limit)
        var count = 0
        return try await body.collect { length in
            count += length
            try limits.check(bodyBytes: count, limit: limit)
            try room.extend(bytes: length)
        }
    }
}
