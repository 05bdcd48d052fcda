import DINO
import HTTPServer
import HTTPTypes

/// `POST /v1/pca`: the principal components of the patches of one image or many, as values and as colours.
struct PCAHandler: Sendable {
    let pipeline: EmbeddingPipeline
    let limits: RequestLimits

    func respond(to request: ServerRequest) async throws -> ServerResponse {
        let form = try VisualForm.choose(request.headerFields[.accept])
        let room = Reservation(pipeline.admission)
        defer { withExtendedLifetime(room) {} }
        let options = try OptionReader<PCAOptions>(query: request.query)
        let reader = SubmissionReader(
            limits: limits, workers: pipeline.workers, maximumFieldBytes: PCAOptions.maximumFieldBytes)
        let asked = try await reader.read(request, room: room) { [limits] submission in
            try ImagesRequest(submission, options: options, limits: limits)
        }
        let start = ContinuousClock.now
        let size = try check(asked, form)
        try take(room, for: asked, size: size)
        let images = try await pipeline.patches(of: asked.images, size: size) { _ in }
        let response = try await pipeline.workers.run(.finishing) { [model = pipeline.model] in
            let answer = try PCAAnswer(images.map(\.grid), options: asked.options, model: model, size: size)
            let timing = images.reduce(EmbeddedImage.Timing()) { $0.longest($1.timing) }
            return try answer.response(form, timing: timing, since: start)
        }
        return response.retaining(room)
    }

    /// The side of the input, where the options suit the model and the form of the answer.
    private func check(_ asked: ImagesRequest<PCAOptions>, _ form: VisualForm) throws(FeatureAPIError) -> Int {
        try asked.options.check(for: pipeline.model)
        guard form != .png || asked.images.count == 1 else {
            throw FeatureAPIError(
                .invalidOption,
                "An answer of image/png is one picture; ask for JSON with \"encoding_format\": \"png\" for several.")
        }
        let size = try pipeline.model.inputSize(asked.options.size)
        let (count, each) = (asked.images.count, pipeline.model.vectorCount(.patches, size: size))
        guard count * each <= limits.patches else {
            throw FeatureAPIError(
                .requestTooLarge,
                "\(count) images of \(each) patches are \(count * each); one PCA takes \(limits.patches): send at most "
                    + "\(limits.patches / each) images at this size.")
        }
        return size
    }

    /// Takes room for the inputs, the features, their covariance and the answer.
    private func take(_ room: Reservation, for asked: ImagesRequest<PCAOptions>, size: Int) throws(FeatureAPIError) {
        let patches = pipeline.model.vectorCount(.patches, size: size)
        let components = asked.options.basis?.basis.count ?? asked.options.request.components
        let numbers = 3 * size * size + patches * (2 * pipeline.model.embedDim + 5 * components)
        let covariance = 24 * pipeline.model.embedDim * pipeline.model.embedDim
        try room.extend(
            images: asked.images.count,
            bytes: asked.images.count * numbers * MemoryLayout<Float>.size + covariance)
    }
}
