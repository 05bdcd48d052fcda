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
        return response
    }
}
