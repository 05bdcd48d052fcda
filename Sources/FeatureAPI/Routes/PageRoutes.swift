package import HTTPServer
import HTTPTypes

/// The routes of the web page. It needs nothing but this server: the policy it comes with forbids a browser to load anything
/// from elsewhere, and to run a script that is not one of its files.
package struct PageRoutes: Sendable {
    package init() {}

    package var all: [Route] {
        [
            Route(.get, "/", maximumBodyBytes: 0, handler: index),
            Route(.get, "/page/{file}", maximumBodyBytes: 0, handler: part),
        ]
    }

    /// `GET /`
    package func index(_ request: ServerRequest) -> ServerResponse { Self.answer(PageFile.index, to: request) }

    /// `GET /page/{file}`
    package func part(_ request: ServerRequest) throws -> ServerResponse {
        guard let file = PageFile.parts[request.pathParameters["file", default: ""]] else {
            throw Problem(status: .notFound, detail: "The web page has no such file.")
        }
        return Self.answer(file, to: request)
    }

    /// Each load asks whether a file is still the same: a server that was updated serves one page, not a mixture of two.
    private static func answer(_ file: PageFile, to request: ServerRequest) -> ServerResponse {
        var response = ServerResponse(contentType: file.mediaType, bytes: file.bytes).tagged(file.tag, for: request)
        response.headerFields.set("Content-Security-Policy", policy)
        response.headerFields.set("Referrer-Policy", "no-referrer")
        response.headerFields.set("X-Content-Type-Options", "nosniff")
        return response
    }

    private static let policy = [
        "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' blob: data:",
        "connect-src 'self'", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'",
    ].joined(separator: "; ")
}
