public import HTTPServer
import HTTPTypes

extension FeatureAPIError: HTTPResponseError {
    /// The error in the words of RFC 9457.
    var problem: Problem {
        Problem(
            status: kind.status, type: kind.type, title: kind.title, detail: detail,
            extensions: index.map { ["index": .integer($0)] } ?? [:])
    }

    /// The answer to a request that failed with this error.
    public var response: ServerResponse {
        var response = problem.response
        if let retryAfter { response.headerFields[.retryAfter] = String(retryAfter) }
        // RFC 9110 section 15.5.2: an answer of 401 says how to authenticate.
        if kind == .unauthorized { response.headerFields[.wwwAuthenticate] = "Bearer" }
        return response
    }
}
