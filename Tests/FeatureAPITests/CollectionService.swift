import FeatureAPI
import FeatureStorage
import Foundation
import HTTPServer
import HTTPTypes
import Tensors
import Testing

/// A collection in a temporary folder around a fake model, behind its routes, called without a socket.
///
/// The fake image of value v has the CLS feature (v, 1, 0) / √(v² + 1): of two values the larger is nearer to (1, 0, 0).
final class CollectionService<Extractor: FeatureExtractor>: Sendable {
    let folder: URL
    let store: FeatureStore
    let extractor: Extractor
    let pipeline: EmbeddingPipeline
    let collection: ImageCollection
    private let routes: [Route]

    /// A new collection, or that in the folder of another service, which must be closed.
    init(
        _ extractor: Extractor, in folder: URL? = nil, limits: RequestLimits = .init(), keepsOriginals: Bool = true,
        keepsPatches: Bool = true, largestMap: Int = 100_000, principalMaps: PrincipalMapMemory = .init()
    ) throws {
        self.extractor = extractor
        self.folder =
            folder ?? FileManager.default.temporaryDirectory.appending(path: "collection-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: self.folder, withIntermediateDirectories: true)
        var options = FeatureStore.Options()
        options.keepsOriginals = keepsOriginals
        store = try FeatureStore.open(self.folder.appending(path: "images.sqlite").path, options: options)
        pipeline = EmbeddingPipeline(extractor: extractor, configuration: .init(workers: 2))
        var kept = ImageCollection.Options()
        kept.keepsPatches = keepsPatches
        (kept.largestMap, kept.principalMaps) = (largestMap, principalMaps)
        collection = try ImageCollection(
            store: store, pipeline: pipeline, compute: try Compute(threads: 1), options: kept)
        routes =
            FeatureRoutes(pipeline: pipeline, health: Health(pipeline), limits: limits, collection: collection).all
    }

    /// Closes the collection and leaves its folder.
    func close() throws {
        pipeline.stop()
        try store.close()
    }

    deinit {
        pipeline.stop()
        try? store.close()
        try? FileManager.default.removeItem(at: folder)
    }

    /// The answer to any request.
    func call(
        _ method: HTTPRequest.Method, _ target: String, _ body: [UInt8] = [], type: String? = nil,
        fields: [String: String] = [:]
    ) async throws -> Answer {
        let components = try #require(URLComponents(string: target))
        var headerFields: HTTPFields = [:]
        headerFields[.contentType] = type
        for (name, value) in fields { headerFields[try #require(HTTPField.Name(name))] = value }
        let path = components.percentEncodedPath.split(separator: "/").map { $0.removingPercentEncoding ?? "" }
        for route in routes where route.method == method {
            guard let parameters = Self.match(route.path, path) else { continue }
            let request = ServerRequest(
                method: method, path: target, pathSegments: path, pathParameters: parameters,
                query: components.queryItems?.map { ($0.name, $0.value ?? "") } ?? [], headerFields: headerFields,
                requestID: "id-1", body: RequestBody(body))
            return try await Answer { try await route.handler(request) }
        }
        throw FeatureAPIError(.unknownImage, "No route \(method) \(target).")
    }

    private static func match(_ pattern: String, _ path: [String]) -> [String: String]? {
        let segments = pattern.split(separator: "/").map(String.init)
        guard segments.count == path.count else { return nil }
        var parameters = [String: String]()
        for (segment, value) in zip(segments, path) {
            if segment.hasPrefix("{") { parameters[String(segment.dropFirst().dropLast())] = value }
            if !segment.hasPrefix("{"), segment != value { return nil }
        }
        return parameters
    }

    /// The answer to JSON that Foundation writes.
    func call(
        _ method: HTTPRequest.Method, _ target: String, json: Any, fields: [String: String] = [:]
    ) async throws -> Answer {
        let body = Array(try JSONSerialization.data(withJSONObject: json, options: .fragmentsAllowed))
        return try await call(method, target, body, type: "application/json", fields: fields)
    }

    /// Stores the image of `value`, and gives its id.
    @discardableResult
    func store(_ value: UInt8, query: String = "") async throws -> Int {
        let answer = try await call(.post, "/v1/images\(query)", FakeExtractor.image(value), type: "image/jpeg")
        #expect([200, 201].contains(answer.status))
        return try #require(try answer.json["id"] as? Int)
    }

    /// The ids of the hits of a search.
    func search(_ json: [String: Any]) async throws -> [Int] {
        let answer = try await call(.post, "/v1/search", json: json)
        #expect(answer.status == 200)
        return try answer.hits.compactMap { $0["id"] as? Int }
    }
}

extension CollectionService where Extractor == FakeExtractor {
    /// The same around ``FakeExtractor``.
    convenience init(in folder: URL? = nil, keepsOriginals: Bool = true, keepsPatches: Bool = true) throws {
        try self.init(
            FakeExtractor(), in: folder, keepsOriginals: keepsOriginals, keepsPatches: keepsPatches)
    }
}

extension Answer {
    /// The hits of a search.
    var hits: [[String: Any]] {
        get throws { try #require(try json["hits"] as? [[String: Any]]) }
    }

    /// The ids of the images of a page.
    var ids: [Int] {
        get throws { try items.compactMap { $0["id"] as? Int } }
    }
}
