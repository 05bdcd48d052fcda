internal import HTTPTypes
internal import Logging

/// What all connections of a server share and none changes.
struct Service: Sendable {
    let router: Router
    let names: HostNames?
    let limits: HTTPServer.Limits
    let timeouts: HTTPServer.Timeouts
    let log: EventLog
    let date = HTTPDate()

    /// Whether a request asks for this server by one of its names; one of HTTP/1.0 may have none.
    func answers(to head: RequestHead) -> Bool {
        guard let names, let host = Self.hostField.flatMap({ head.headerFields[$0] }) else { return true }
        return names.contains(host)
    }

    private static let hostField = HTTPField.Name("Host")

    /// One line per answered request: never a header value, never a query.
    func log(_ exchange: Exchange) {
        let milliseconds = (Instant.now.seconds(since: exchange.began) * 10_000).rounded() / 10
        log.write(
            exchange.isProbe ? .debug : .info, "request",
            [
                "method": "\(exchange.head.method.rawValue)", "path": "\(exchange.head.path)",
                "status": "\(exchange.status)", "bytes": "\(exchange.bytesSent)",
                "milliseconds": "\(milliseconds)", "request_id": "\(exchange.requestID)",
            ])
    }

    /// One line per refusal of bytes that were no request.
    func log(_ rejection: Rejection, requestID: String) {
        log.write(
            .info, "rejected",
            ["status": "\(rejection.status.code)", "reason": "\(rejection)", "request_id": "\(requestID)"])
    }
}
