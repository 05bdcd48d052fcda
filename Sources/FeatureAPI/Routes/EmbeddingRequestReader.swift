import HTTPServer

/// Reads the request of `POST /v1/embeddings` out of query, header and body.
struct EmbeddingRequestReader: Sendable {
    let limits: RequestLimits
    let workers: WorkerPool

    /// What `request` asks; its bytes take `room` as they come.
    func read(_ request: ServerRequest, room: Reservation) async throws -> EmbeddingRequest {
        let options = try OptionReader<EmbeddingOptions>(query: request.query)
        let reader = SubmissionReader(limits: limits, workers: workers)
        return try await reader.read(request, room: room) { [limits] submission in
            switch submission {
            case .image(let image): EmbeddingRequest(images: [image], options: options.options)
            case .form(let parts): try EmbeddingRequest(parts: parts, options: options)
            case .json(let text): try EmbeddingRequest(json: text, options: options, limits: limits)
            }
        }
    }
}
