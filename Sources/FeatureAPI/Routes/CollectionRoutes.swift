import FeatureSearch
import FeatureStorage
import HTTPServer
import HTTPTypes

/// The routes of the collection; on a server that keeps none each says so.
struct CollectionRoutes: Sendable {
    /// A handler that has a collection.
    typealias Handler = @Sendable (ImageCollection, ServerRequest) async throws -> ServerResponse

    let collection: ImageCollection?
    let limits: RequestLimits

    /// Bytes of a body of JSON without images.
    static let jsonBytes = 64 << 10

    var all: [Route] {
        let uploads = UploadHandler(limits: limits)
        let images = ImageHandler()
        let contents = ImageContentHandler(limits: limits)
        let attention = AttentionHandler(limits: limits)
        let search = SearchHandler(limits: limits)
        let classify = ClassifyHandler(limits: limits)
        return [
            route(.post, "/v1/images", limits.bodyBytes, uploads.post),
            route(.get, "/v1/images", 0, images.list),
            // One path has one name for its parameter: of PUT it is the caller's key, of the others the image's id.
            route(.put, "/v1/images/{id}", limits.imageBytes, uploads.put),
            route(.get, "/v1/images/{id}", 0, images.get),
            route(.patch, "/v1/images/{id}", Self.jsonBytes, images.patch),
            route(.delete, "/v1/images/{id}", 0, images.delete),
            route(.get, "/v1/images/{id}/content", 0, contents.content),
            route(.get, "/v1/images/{id}/thumbnail", 0, contents.thumbnail),
            route(.get, "/v1/images/{id}/embedding", 0, contents.embedding),
            route(.get, "/v1/images/{id}/attention", 0, attention.stored),
            route(.post, "/v1/search", limits.bodyBytes, search.respond),
            route(.post, "/v1/classify", limits.bodyBytes, classify.respond),
            route(.get, "/v1/map", 0, MapHandler().respond),
        ]
    }

    /// A route whose handler has the collection, and whose errors from below are said in the words of the service. Only a `GET` is
    /// for other sites' pages too.
    func route(
        _ method: HTTPRequest.Method, _ path: String, _ maximumBodyBytes: Int, _ handler: @escaping Handler
    ) -> Route {
        Route(method, path, maximumBodyBytes: maximumBodyBytes) { [collection] request in
            guard let collection else { throw FeatureAPIError.noCollection }
            if method != .get { try PageOrigin.check(request) }
            do {
                return try await handler(collection, request)
            } catch let error as StorageError {
                throw FeatureAPIError(error)
            } catch let error as SearchError {
                throw FeatureAPIError(error)
            }
        }
    }
}

extension FeatureAPIError {
    static let noCollection = FeatureAPIError(
        .noCollection, "This server keeps no collection; start it with --database FILE to have one.")
}

extension ServerRequest {
    /// Ids of images lie below this: the store packs them with a generation's into one number.
    private static let endOfIDs: Int64 = 1 << 40

    /// The image's id in the path: digits without zeros before them, so that an image has one address.
    func imageID() throws(FeatureAPIError) -> Int64 {
        let text = pathParameters["id", default: ""]
        guard let id = Int64(text), String(id) == text, (1..<Self.endOfIDs).contains(id) else {
            throw FeatureAPIError(
                .unknownImage,
                "There is no image \"\(text)\" here: images are read by their id, a number. By key: GET /v1/images?key=…"
            )
        }
        return id
    }

    /// Refuses any query parameter but those of `names`, and repetitions.
    func options(_ names: [String]) throws(FeatureAPIError) -> [String: String] {
        var options = [String: String]()
        for (name, value) in query {
            guard names.contains(name) else {
                let known = names.isEmpty ? "This takes none." : "The options are \(names.joined(separator: ", "))."
                throw FeatureAPIError(.unknownOption, "There is no option \"\(name)\". \(known)")
            }
            guard options.updateValue(value, forKey: name) == nil else {
                throw FeatureAPIError(.invalidOption, "The option \"\(name)\" is given twice.")
            }
        }
        return options
    }
}

extension ServerResponse {
    /// An answer in JSON.
    static func json(_ status: HTTPResponse.Status = .ok, _ body: (inout JSONWriter) -> Void) -> ServerResponse {
        var writer = JSONWriter()
        body(&writer)
        return ServerResponse(status: status, contentType: "application/json", bytes: writer.bytes)
    }
}
