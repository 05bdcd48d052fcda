import FeatureAPI
import Foundation
import HTTPServer
import HTTPTypes
import Tensors
import Testing

/// The service around a fake model, called without a socket.
struct InMemoryService {
    let extractor: FakeExtractor
    let pipeline: EmbeddingPipeline
    let health: Health
    let routes: FeatureRoutes

    init(
        _ extractor: FakeExtractor = FakeExtractor(), limits: RequestLimits = .init(), pendingImages: Int = 256,
        pendingBytes: Int = 768 << 20
    ) {
        self.extractor = extractor
        var configuration = EmbeddingPipeline.Configuration(workers: 2)
        configuration.maximumPendingImages = pendingImages
        configuration.maximumPendingBytes = pendingBytes
        pipeline = EmbeddingPipeline(extractor: extractor, configuration: configuration)
        health = Health(pipeline)
        routes = FeatureRoutes(pipeline: pipeline, health: health, limits: limits)
    }

    /// A request without a body, for routes that do not look at it.
    static let plainRequest = ServerRequest(method: .get, path: "/", requestID: "id-1")

    /// The answer to an image, or another body, for `/v1/embeddings`.
    func embed(
        _ body: [UInt8], _ type: String = "image/jpeg", query: [(name: String, value: String)] = [],
        accept: String? = nil
    ) async throws -> Answer {
        var fields: HTTPFields = [.contentType: type]
        fields[.accept] = accept
        let request = ServerRequest(
            method: .post, path: "/v1/embeddings", query: query, headerFields: fields, requestID: "id-1",
            body: RequestBody(body))
        return try await Answer { try await routes.embed(request) }
    }

    /// The answer to several images in JSON.
    func embed(
        _ images: [[UInt8]], query: [(name: String, value: String)] = [], accept: String? = nil
    ) async throws -> Answer {
        let input = images.map { Data($0).base64EncodedString() }
        return try await embed(
            Array(JSONEncoder().encode(["input": input])), "application/json", query: query, accept: accept)
    }
}

/// An answer with its content read.
struct Answer {
    let status: Int
    let fields: HTTPFields
    let bytes: [UInt8]

    /// The value that the server would hold until the answer is sent.
    let retained: (any Sendable)?

    init(_ response: ServerResponse) throws {
        status = response.status.code
        fields = response.headerFields
        retained = response.retained
        switch response.body {
        case .bytes(let bytes): self.bytes = bytes
        case .problem(var problem):
            problem.requestID = InMemoryService.plainRequest.requestID
            bytes = problem.json
        case .stream: throw FeatureAPIError(.malformedBody, "Not whole.")
        }
    }

    /// What a handler answers; an error that knows its answer is one.
    init(_ handler: () async throws -> ServerResponse) async throws {
        do {
            try self.init(await handler())
        } catch let error as any HTTPResponseError {
            try self.init(error.response)
        }
    }

    subscript(field: String) -> String? { HTTPField.Name(field).flatMap { fields[$0] } }

    /// The answer of a route that takes any request.
    init(_ route: (ServerRequest) throws -> ServerResponse) throws {
        do {
            try self.init(route(InMemoryService.plainRequest))
        } catch let error as any HTTPResponseError {
            try self.init(error.response)
        }
    }

    /// The content as JSON.
    var json: [String: Any] {
        get throws { try #require(try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any]) }
    }

    /// The items of `data`.
    var items: [[String: Any]] {
        get throws { try #require(try json["data"] as? [[String: Any]]) }
    }

    /// The end of the problem's type.
    var problem: String? {
        get throws { (try json["type"] as? String)?.split(separator: ":").last.map(String.init) }
    }
}

extension FeatureRoutes {
    /// Routes that compare patches on one thread.
    init(
        pipeline: EmbeddingPipeline, health: Health, limits: RequestLimits = .init(),
        collection: ImageCollection? = nil, jobs: JobBoard? = nil,
        access: AdminAccess = AdminAccess(key: "", isLoopback: false)
    ) {
        self.init(
            pipeline: pipeline, compute: .oneThread, health: health, limits: limits, collection: collection, jobs: jobs,
            access: access)
    }
}

extension Compute {
    /// One thread, which every machine has.
    static let oneThread: Compute = {
        do { return try Compute(threads: 1) } catch { preconditionFailure("\(error)") }
    }()
}

extension InMemoryService {
    /// The answer of a route that takes images, each a file of the fake's, in JSON with other members; or a body of
    /// another type.
    func post(
        _ path: String, _ images: [[UInt8]], _ members: [String: Any] = [:], accept: String? = nil
    ) async throws -> Answer {
        var object = members
        object["images"] = images.map { ["image": Data($0).base64EncodedString()] }
        return try await post(
            path, body: Array(JSONSerialization.data(withJSONObject: object)), "application/json", accept: accept)
    }

    /// The answer of a route to a body.
    func post(
        _ path: String, body: [UInt8], _ type: String, query: [(name: String, value: String)] = [],
        accept: String? = nil
    ) async throws -> Answer {
        var fields: HTTPFields = [.contentType: type]
        fields[.accept] = accept
        let request = ServerRequest(
            method: .post, path: path, query: query, headerFields: fields, requestID: "id-1", body: RequestBody(body))
        let route = try #require(routes.all.first { $0.path == path })
        return try await Answer { try await route.handler(request) }
    }

    /// A form of the fake's files and fields.
    static func form(_ images: [[UInt8]], _ fields: [(String, String)] = []) -> (body: [UInt8], type: String) {
        var body = [UInt8]()
        for (index, image) in images.enumerated() {
            body += Array(
                "--b\r\nContent-Disposition: form-data; name=\"image\"; filename=\"\(index).jpg\"\r\n\r\n".utf8)
            body += image + Array("\r\n".utf8)
        }
        for (name, value) in fields {
            body += Array("--b\r\nContent-Disposition: form-data; name=\"\(name)\"\r\n\r\n\(value)\r\n".utf8)
        }
        return (body + Array("--b--\r\n".utf8), "multipart/form-data; boundary=b")
    }
}
