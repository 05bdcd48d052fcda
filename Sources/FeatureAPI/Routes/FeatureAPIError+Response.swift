import HTTPServer
import HTTPTypes

extension FeatureAPIError {
    /// The answer to a request that failed with this error, as `application/problem+json` (RFC 9457).
    func response(requestID: String) -> ServerResponse {
        var writer = JSONWriter()
        write(to: &writer, requestID: requestID)
        var response = ServerResponse(
            status: kind.status, contentType: "application/problem+json", bytes: writer.bytes)
        if let retryAfter { response.headerFields[.retryAfter] = String(retryAfter) }
        return response
    }
}
