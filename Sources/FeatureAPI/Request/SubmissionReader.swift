import HTTPServer
import HTTPTypes

/// The body of a request that brings images, in one of the forms it can have.
enum Submission: Sendable {
    case image(SubmittedImage)
    case form([MultipartPart])
    /// The text; parsing it is the request's own, for what it may hold differs.
    case json([UInt8])
}

/// Reads bodies that bring images: one image, a form, or JSON.
struct SubmissionReader: Sendable {
    let limits: RequestLimits
    let workers: WorkerPool
    /// Bytes of a form's field that is no file.
    var maximumFieldBytes = MultipartParser.maximumFieldBytes
    /// What is said of longer ones, by their names; of others, that the form is malformed.
    var tooLong = [String: FeatureAPIError]()

    /// What `parse` makes of the body of `request`. What its headers give away is refused before a byte of it is read; the
    /// bytes that are read take `room` as they come.
    func read<Asked: Sendable>(
        _ request: ServerRequest, room: Reservation, parse: @escaping @Sendable (Submission) throws -> Asked
    ) async throws -> Asked {
        let body = try EmbeddingBody(
            contentType: request.headerFields[.contentType], contentEncoding: request.headerFields[.contentEncoding])
        switch body {
        case .image(let declaredType):
            let file = try await collect(request.body, limit: limits.imageBytes, room: room)
            guard !file.isEmpty else { throw FeatureAPIError(.emptyBody, "The body is empty; it has to be an image.") }
            return try parse(.image(SubmittedImage(bytes: file, declaredType: declaredType)))
        case .json:
            return try await json(request.body, room: room, parse: parse)
        case .form(let boundary):
            var parser = MultipartParser(
                boundary: boundary, limits: limits, maximumFieldBytes: maximumFieldBytes, tooLong: tooLong)
            for try await chunk in request.body {
                try room.extend(bytes: chunk.count)
                try parser.append(chunk)
            }
            return try parse(.form(parser.finish()))
        }
    }

    /// The request in JSON. Its text has room until its images are decoded, and a second time where it has escapes:
    /// resolving them takes a copy.
    private func json<Asked: Sendable>(
        _ body: RequestBody, room: Reservation, parse: @escaping @Sendable (Submission) throws -> Asked
    ) async throws -> Asked {
        let text = try await collect(body, limit: limits.bodyBytes, room: room)
        guard !text.isEmpty else { throw FeatureAPIError(.emptyBody, "The body is empty; it has to be JSON.") }
        let copy = text.contains(UInt8(ascii: "\\")) ? text.count : 0
        try room.extend(bytes: text.count / 4 * 3 + copy)
        let asked = try await workers.run { try parse(.json(text)) }
        room.release(bytes: text.count + copy)
        return asked
    }

    /// The whole body, if it has at most `limit` bytes; they take `room` as they come.
    func collect(_ body: RequestBody, limit: Int, room: Reservation) async throws -> [UInt8] {
        try limits.check(bodyBytes: body.declaredLength ?? 0, limit: limit)
        var count = 0
        return try await body.collect { length in
            count += length
            try limits.check(bodyBytes: count, limit: limit)
            try room.extend(bytes: length)
        }
    }
}
