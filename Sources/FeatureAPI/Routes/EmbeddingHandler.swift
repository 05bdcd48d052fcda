import HTTPServer
import HTTPTypes

/// `POST /v1/embeddings`: read the request, embed its images, write the answer.
struct EmbeddingHandler: Sendable {
    let pipeline: EmbeddingPipeline
    let limits: RequestLimits

    /// The answer to `request`, which holds room for its bytes until they are sent.
    func respond(to request: ServerRequest) async throws -> ServerResponse {
        let arrival = ContinuousClock.now
        let form = try EmbeddingForm.choose(request.headerFields[.accept])
        let room = Reservation(pipeline.admission)
        defer { withExtendedLifetime(room) {} }
        let reader = EmbeddingRequestReader(limits: limits, workers: pipeline.workers)
        let asked = try await reader.read(request, room: room)
        let start = ContinuousClock.now
        let size = try check(asked, form: form)
        try take(room, for: asked, size: size)
        let images = try await embed(asked, size: size)
        if let failure = images.failure(wholly: form.isBinary) { throw failure }
        let answer = EmbeddingAnswer(
            model: pipeline.model, options: asked.options, size: size, images: images,
            seconds: (ContinuousClock.now - start).seconds, requestID: request.requestID)
        return try await pipeline.workers.run(.finishing) {
            try answer.timedResponse(form, reading: (start - arrival).seconds)
        }.retaining(room)
    }

    /// The side of the input, where the options suit the model and the form of the answer.
    private func check(_ asked: EmbeddingRequest, form: EmbeddingForm) throws(FeatureAPIError) -> Int {
        let (options, model) = (asked.options, pipeline.model)
        try model.check(name: options.model)
        if let dimensions = options.dimensions, dimensions > model.embedDim {
            throw FeatureAPIError(
                .invalidOption, "The option \"dimensions\" takes 1 to \(model.embedDim) with this model.")
        }
        if form.isBinary, options.features.count > 1 {
            throw FeatureAPIError(.invalidOption, "An answer of \(form.rawValue) holds one kind of \"features\".")
        }
        return try model.inputSize(options.size)
    }

    /// Takes room for the images, their inputs and the answer.
    private func take(_ room: Reservation, for asked: EmbeddingRequest, size: Int) throws(FeatureAPIError) {
        let vectors = asked.options.features.reduce(0) { $0 + pipeline.model.vectorCount($1, size: size) }
        let width = asked.options.dimensions ?? pipeline.model.embedDim
        let values = asked.images.count * vectors * width
        guard values <= limits.answerValues else {
            throw FeatureAPIError(
                .requestTooLarge,
                "The answer would have \(values) numbers, the limit is \(limits.answerValues): send fewer images at once."
            )
        }
        let text = asked.options.encodingFormat == .float ? 14 : 6
        let input = 3 * size * size * MemoryLayout<Float>.size
        try room.extend(
            images: asked.images.count,
            bytes: asked.images.count * input + values * (MemoryLayout<Float>.size + text))
    }

    /// The features of every image, or its own fault, in the request's order. What is nobody's fault is thrown.
    private func embed(
        _ asked: EmbeddingRequest, size: Int
    ) async throws -> [Result<EmbeddedImage, FeatureAPIError>] {
        try await withThrowingTaskGroup { group in
            for (index, image) in asked.images.enumerated() {
                group.addTask { (index, try await embed(image, size: size, options: asked.options)) }
            }
            var images = [(index: Int, result: Result<EmbeddedImage, FeatureAPIError>)]()
            for try await image in group { images.append(image) }
            return images.sorted { $0.index < $1.index }.map(\.result)
        }
    }

    private func embed(
        _ image: SubmittedImage, size: Int, options: EmbeddingOptions
    ) async throws -> Result<EmbeddedImage, FeatureAPIError> {
        let file: [UInt8]
        do throws(FeatureAPIError) { file = try image.checkedFile() } catch { return .failure(error) }
        do {
            let features = try await pipeline.embed(
                file, size: size, kinds: Set(options.features), dimensions: options.dimensions)
            return .success(features)
        } catch let error as FeatureAPIError where error.kind.isImageFault {
            return .failure(error)
        }
    }
}

extension [Result<EmbeddedImage, FeatureAPIError>] {
    /// The first fault where it fails the whole request: in an answer that has no place for it, or where nothing is left.
    fileprivate func failure(wholly: Bool) -> FeatureAPIError? {
        let faults = enumerated().compactMap { index, result in
            if case .failure(let fault) = result { fault.at(index) } else { nil }
        }
        return wholly || faults.count == count ? faults.first : nil
    }
}

extension FeatureAPIError.Kind {
    /// Whether an error of decoding or computing is one image's own and the others can go on.
    var isImageFault: Bool {
        switch self {
        case .emptyBody, .imageTooLarge, .unknownImageFormat, .damagedImage, .unsupportedImage, .nonFiniteFeatures:
            true
        default: false
        }
    }
}
