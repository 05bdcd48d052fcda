import DINO
import HTTPServer
import HTTPTypes
import Images
import Tensors

/// `POST /v1/correspondences`: the patches of two images that belong together, and where a part of one is in the other.
struct CorrespondenceHandler: Sendable {
    let pipeline: EmbeddingPipeline
    let compute: Compute
    let limits: RequestLimits

    /// What is kept of each image.
    private struct Kept: Sendable {
        var width: Int, height: Int
        /// As it is shown, where a picture is asked for.
        var shown: RGBImage?
    }

    func respond(to request: ServerRequest) async throws -> ServerResponse {
        let form = try VisualForm.choose(request.headerFields[.accept])
        let room = Reservation(pipeline.admission)
        defer { withExtendedLifetime(room) {} }
        let options = try OptionReader<CorrespondenceOptions>(query: request.query)
        let reader = SubmissionReader(limits: limits, workers: pipeline.workers)
        let asked = try await reader.read(request, room: room) { [limits] submission in
            try ImagesRequest(submission, options: options, limits: limits)
        }
        let start = ContinuousClock.now
        let regions = try asked.options.regions()
        let size = try check(asked, form, regions: regions.count)
        try take(room, size: size, maps: regions.count, form)
        let images = try await pipeline.patches(of: asked.images, size: size) { image in
            Kept(width: image.width, height: image.height, shown: form == .png ? PairPicture.shown(image) : nil)
        }
        let response = try await pipeline.workers.run(.finishing) { [model = pipeline.model, compute] in
            let sides = images.map {
                ImagePair.Side($0.grid, width: $0.kept.width, height: $0.kept.height, model: model, size: size)
            }
            let pair = ImagePair(sides[0], sides[1])
            let maps = try regions.map { try pair.map(of: $0) }
            let matches = form == .json || maps.isEmpty ? pair.matches(ratio: asked.options.ratio, on: compute) : []
            let answer = CorrespondenceAnswer(
                model: model, size: size, encoding: asked.options.encodingFormat, pair: pair,
                matches: Array(matches.prefix(asked.options.limit)), matchCount: matches.count, maps: maps,
                shown: images.compactMap(\.kept.shown))
            return try answer.response(
                form, timing: images[0].timing.longest(images[1].timing), since: start)
        }
        return response.retaining(room)
    }

    /// The side of the input, where the request suits the model and the form of the answer.
    private func check(
        _ asked: ImagesRequest<CorrespondenceOptions>, _ form: VisualForm, regions: Int
    ) throws(FeatureAPIError) -> Int {
        try pipeline.model.check(name: asked.options.model)
        guard asked.images.count == 2 else {
            throw FeatureAPIError(
                .malformedBody,
                "Correspondences are of two images; there \(asked.images.count == 1 ? "is" : "are") "
                    + "\(asked.images.count). Send a form with two files, or JSON with two \"images\".")
        }
        guard form != .npy || regions > 0 else {
            throw FeatureAPIError(
                .invalidOption,
                "An answer of application/x-npy holds maps; give \"points\" or a \"box\" to make them of.")
        }
        return try pipeline.model.inputSize(asked.options.size)
    }

    /// Takes room for the inputs, the features in three forms, the maps and the pictures.
    private func take(_ room: Reservation, size: Int, maps: Int, _ form: VisualForm) throws(FeatureAPIError) {
        let patches = pipeline.model.vectorCount(.patches, size: size)
        let numbers = 3 * size * size + patches * (3 * pipeline.model.embedDim + 6 * maps)
        let products = 64 * compute.threads * patches
        try room.extend(
            images: 2,
            bytes: (2 * numbers + products) * MemoryLayout<Float>.size + (form == .png ? PairPicture.bytes : 0))
    }
}
