import FeatureStorage
import HTTPServer
import HTTPTypes
import Tensors

/// `POST /v1/attention` and `GET /v1/images/{id}/attention`: where the model sees an object in one image.
struct AttentionHandler: Sendable {
    let limits: RequestLimits

    /// The answer about the image in the body.
    func post(_ pipeline: EmbeddingPipeline, _ request: ServerRequest) async throws -> ServerResponse {
        let room = Reservation(pipeline.admission)
        defer { withExtendedLifetime(room) {} }
        let options = try OptionReader<AttentionOptions>(query: request.query)
        let reader = SubmissionReader(limits: limits, workers: pipeline.workers)
        let asked = try await reader.read(request, room: room) { [limits] submission in
            try AttentionRequest(submission, options: options, limits: limits)
        }
        let plan = try AttentionPlan(
            asked.options, model: pipeline.model, accept: request.headerFields[.accept])
        return try await answer(plan, file: try asked.image.checkedFile(), by: pipeline, room: room)
    }

    /// The answer about a stored image, whose file was kept, by the loaded model.
    func stored(_ collection: ImageCollection, _ request: ServerRequest) async throws -> ServerResponse {
        let pipeline = collection.ingest.pipeline
        let options = try OptionReader<AttentionOptions>(query: request.query).options
        let plan = try AttentionPlan(options, model: pipeline.model, accept: request.headerFields[.accept])
        let image = try await collection.image(request)
        // Weak: JSON says how long it took.
        let tag = EntityTag("\(image.contentHash)-\(pipeline.model.fingerprint)-\(plan.identity)", isWeak: true)
        var response = ServerResponse(contentType: plan.form.visual.rawValue, bytes: [])
        if !Preconditions(request.headerFields).areSatisfied(by: tag) {
            let room = Reservation(pipeline.admission)
            defer { withExtendedLifetime(room) {} }
            try room.extend(bytes: image.byteCount)
            let file = try await collection.original(of: image)
            response = try await answer(plan, file: file, by: pipeline, room: room)
        }
        var tagged = response.tagged(tag, for: request)
        tagged.headerFields[.vary] = "Accept"
        return tagged
    }

    private func answer(
        _ plan: AttentionPlan, file: [UInt8], by pipeline: EmbeddingPipeline, room: Reservation
    ) async throws -> ServerResponse {
        let start = ContinuousClock.now
        try room.extend(images: 1, bytes: plan.inputBytes)
        let (output, photograph, timing) = try await pipeline.outputs(of: file, size: plan.size, kinds: plan.kinds) {
            try room.extend(bytes: plan.answerBytes(width: $1.width, height: $1.height))
            return SeenObject.Photograph(
                $1, input: $0, keepsPixels: plan.form == .overlay, keepsInput: plan.method == .ncut)
        }
        let response = try await pipeline.workers.run(.finishing) { [model = pipeline.model] in
            let object = try SeenObject(
                output, of: photograph, model: model, size: plan.size, method: plan.method,
                excludesArtefacts: plan.excludesArtefacts)
            return try AttentionAnswer(
                model: model, plan: plan, object: object, photograph: photograph.image, timing: timing, start: start
            ).response()
        }
        return response.retaining(room)
    }
}
