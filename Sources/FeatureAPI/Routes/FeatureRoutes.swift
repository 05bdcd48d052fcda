public import HTTPServer
import HTTPTypes
public import Tensors

/// The routes of the service, for ``HTTPServer/HTTPServer``.
public struct FeatureRoutes: Sendable {
    private let embeddings: EmbeddingHandler
    private let pca: PCAHandler
    private let correspondences: CorrespondenceHandler
    private let pipeline: EmbeddingPipeline
    private let health: Health
    private let model: ModelDescription
    private let limits: RequestLimits
    private let maximumBatch: Int
    private let collection: CollectionRoutes
    private let jobs: JobRoutes

    /// Routes around `pipeline`, and around `collection` and the `jobs` on it if there is one; `health` is what `/readyz`
    /// asks, and who may begin and stop jobs is for `access` to say. Patches are compared on `compute`; the model's own will do.
    public init(
        pipeline: EmbeddingPipeline, compute: Compute, health: Health, limits: RequestLimits = .init(),
        collection: ImageCollection? = nil, jobs: JobBoard? = nil,
        access: AdminAccess = AdminAccess(key: "", isLoopback: false)
    ) {
        self.collection = CollectionRoutes(collection: collection, limits: limits)
        self.jobs = JobRoutes(collection: self.collection, board: jobs, access: access)
        embeddings = EmbeddingHandler(pipeline: pipeline, limits: limits)
        pca = PCAHandler(pipeline: pipeline, limits: limits)
        correspondences = CorrespondenceHandler(pipeline: pipeline, compute: compute, limits: limits)
        self.pipeline = pipeline
        self.health = health
        self.limits = limits
        model = pipeline.model
        maximumBatch = pipeline.maximumBatch
    }

    /// Every route of the contract.
    public var all: [Route] {
        [
            Route(.post, "/v1/embeddings", maximumBodyBytes: limits.bodyBytes, handler: embed),
            Route(.post, "/v1/pca", maximumBodyBytes: limits.bodyBytes, handler: pca.respond),
            Route(
                .post, "/v1/correspondences", maximumBodyBytes: limits.bodyBytes, handler: correspondences.respond),
            Route(.post, "/v1/attention", maximumBodyBytes: limits.bodyBytes, handler: attend),
            Route(.get, "/v1/models", maximumBodyBytes: 0, handler: listModels),
            Route(.get, "/v1/models/card", maximumBodyBytes: 0, handler: modelCard),
            Route(.get, "/livez", maximumBodyBytes: 0, isServedAtCapacity: true, handler: live),
            Route(.get, "/readyz", maximumBodyBytes: 0, isServedAtCapacity: true, handler: ready),
            Route(.get, "/openapi.yaml", maximumBodyBytes: 0, handler: contract),
        ] + collection.all + jobs.all + PageRoutes().all
    }

    /// `POST /v1/embeddings`
    package func embed(_ request: ServerRequest) async throws -> ServerResponse {
        try await embeddings.respond(to: request)
    }

    /// `POST /v1/attention`
    package func attend(_ request: ServerRequest) async throws -> ServerResponse {
        try await AttentionHandler(limits: limits).post(pipeline, request)
    }

    /// `GET /v1/models`
    package func listModels(_: ServerRequest) -> ServerResponse {
        .json {
            model.write(
                to: &$0, limits: limits, maximumBatch: maximumBatch, hasCollection: collection.collection != nil)
        }
    }

    /// `GET /v1/models/card`
    package func modelCard(_: ServerRequest) throws -> ServerResponse {
        guard let card = model.card else {
            throw FeatureAPIError(
                .noModelCard,
                "\(model.name) has no card: put a MODEL_CARD.md beside its weights, and give their folder as the model."
            )
        }
        return ServerResponse(contentType: "text/markdown; charset=utf-8", bytes: Array(card.utf8))
    }

    /// `GET /livez`
    package func live(_: ServerRequest) -> ServerResponse { Self.status("alive") }

    /// `GET /readyz`
    package func ready(_: ServerRequest) throws -> ServerResponse {
        try health.checkReadiness()
        return Self.status("ready")
    }

    /// `GET /openapi.yaml`
    package func contract(_: ServerRequest) -> ServerResponse {
        ServerResponse(contentType: "application/yaml", bytes: OpenAPIDocument.bytes)
    }

    private static func status(_ word: String) -> ServerResponse {
        .json { writer in
            writer.object { writer in
                writer.key("status")
                writer.string(word)
            }
        }
    }
}
