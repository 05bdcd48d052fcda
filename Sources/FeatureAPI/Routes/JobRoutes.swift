import FeatureStorage
import HTTPServer
import HTTPTypes

/// The routes of long work and of what it works on, the generations of features.
struct JobRoutes: Sendable {
    /// A handler that has the collection and the jobs on it.
    private typealias Handler = @Sendable (JobBoard, ImageCollection, ServerRequest) async throws -> ServerResponse

    let collection: CollectionRoutes
    let board: JobBoard?
    /// Who may begin and stop jobs.
    let access: AdminAccess

    var all: [Route] {
        [
            route(.post, "/v1/jobs", Self.maximumBodyBytes, start),
            route(.get, "/v1/jobs", 0, list),
            route(.get, "/v1/jobs/{id}", 0, show),
            route(.delete, "/v1/jobs/{id}", 0, cancel),
            collection.route(.get, "/v1/generations", 0, generations),
        ]
    }

    /// The longest body: a kind and a fingerprint.
    private static let maximumBodyBytes = 4 << 10

    private func route(
        _ method: HTTPRequest.Method, _ path: String, _ maximumBodyBytes: Int, _ handler: @escaping Handler
    ) -> Route {
        collection.route(method, path, maximumBodyBytes) { [board] collection, request in
            guard let board else { throw FeatureAPIError.noCollection }
            return try await handler(board, collection, request)
        }
    }

    private func start(
        _ board: JobBoard, _ collection: ImageCollection, _ request: ServerRequest
    ) async throws -> ServerResponse {
        try access.check(request)
        _ = try request.options([])
        let field = request.headerFields[.contentType]
        guard let field, let type = MediaType(field), type.essence == "application/json" else {
            throw FeatureAPIError(.unsupportedMediaType, "A job is described in application/json.")
        }
        let text = try await request.body.collect()
        guard !text.isEmpty else { throw FeatureAPIError(.emptyBody, "The body is empty; it has to be JSON.") }
        let work = try Job.Work(json: text)
        // What cannot be done as things are is this request's fault, not the job's.
        try await collection.check(work)
        return Self.answer(try board.start(work), status: .accepted)
    }

    private func list(_ board: JobBoard, _: ImageCollection, _ request: ServerRequest) throws -> ServerResponse {
        _ = try request.options([])
        return Self.list { writer in for job in board.jobs { job.write(to: &writer) } }
    }

    private func show(_ board: JobBoard, _: ImageCollection, _ request: ServerRequest) throws -> ServerResponse {
        Self.answer(try board.job(Self.id(request)))
    }

    private func cancel(_ board: JobBoard, _: ImageCollection, _ request: ServerRequest) throws -> ServerResponse {
        try access.check(request)
        return Self.answer(try board.cancel(Self.id(request)), status: .accepted)
    }

    private func generations(_ collection: ImageCollection, _ request: ServerRequest) async throws -> ServerResponse {
        _ = try request.options([])
        let (generations, images) = try await collection.read { store in (try store.generations(), try store.count()) }
        let loaded = collection.ownGeneration.id
        return Self.list { writer in
            for generation in generations {
                generation.write(to: &writer, images: images, isLoaded: generation.id == loaded)
            }
        }
    }

    private static func id(_ request: ServerRequest) throws(FeatureAPIError) -> Int {
        let text = request.pathParameters["id", default: ""]
        guard let id = Int(text), String(id) == text else {
            throw FeatureAPIError(.unknownJob, "There is no such job; their ids are numbers, from 1 on.")
        }
        return id
    }

    private static func answer(_ job: Job, status: HTTPResponse.Status = .ok) -> ServerResponse {
        var response = ServerResponse.json(status) { job.write(to: &$0) }
        if status == .accepted { response.headerFields[.location] = "/v1/jobs/\(job.id)" }
        return response
    }

    /// An answer in the shape of a list, whose elements `body` writes.
    private static func list(_ body: (inout JSONWriter) -> Void) -> ServerResponse {
        .json { writer in
            writer.object { writer in
                writer.member("object", "list")
                writer.key("data")
                writer.array(body)
            }
        }
    }
}
