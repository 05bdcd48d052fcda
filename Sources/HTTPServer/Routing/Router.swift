internal import HTTPTypes

/// The routes by path, literal segments before parameters.
struct Router: Sendable {
    /// All methods of one path.
    private struct Endpoint: Sendable {
        let pattern: PathPattern
        var routes: [Route]

        var methods: [String] {
            var names = Set(routes.map(\.method.rawValue))
            if names.contains("GET") { names.insert("HEAD") }
            names.insert("OPTIONS")
            return names.sorted()
        }
    }

    /// What is to be done with a request.
    enum Resolution: Sendable {
        case route(Route, parameters: [String: String])
        case options(allow: [String])
        case rejected(Rejection)
    }

    private let endpoints: [Endpoint]

    /// - Precondition: no two routes have the same method and match the same paths.
    init(_ routes: [Route]) {
        var byShape: [[String?]: Endpoint] = [:]
        for route in routes {
            var endpoint = byShape[route.pattern.shape] ?? Endpoint(pattern: route.pattern, routes: [])
            precondition(
                !endpoint.routes.contains { $0.method == route.method },
                "two routes answer \(route.method.rawValue) \(route.path)")
            precondition(endpoint.pattern == route.pattern, "\(route.path) names its parameters otherwise than before")
            endpoint.routes.append(route)
            byShape[route.pattern.shape] = endpoint
        }
        // Literals first: at the first segment where two patterns differ in kind, the literal one is asked first.
        endpoints = byShape.values.sorted { left, right in
            for (one, other) in zip(left.pattern.shape, right.pattern.shape) where (one == nil) != (other == nil) {
                return one != nil
            }
            return left.pattern.segments.count < right.pattern.segments.count
        }
    }

    /// The route for a request, or the server's own answer.
    func resolve(_ head: RequestHead) -> Resolution {
        guard Self.known.contains(head.method) else { return .rejected(.methodNotImplemented) }
        if head.path == "*" { return .options(allow: allMethods) }
        for endpoint in endpoints {
            guard let parameters = endpoint.pattern.match(head.segments) else { continue }
            if let route = endpoint.routes.first(where: { $0.method == head.method }) {
                return .route(route, parameters: parameters)
            }
            if head.method == .head, let route = endpoint.routes.first(where: { $0.method == .get }) {
                return .route(route, parameters: parameters)
            }
            if head.method == .options { return .options(allow: endpoint.methods) }
            return .rejected(.methodNotAllowed(endpoint.methods))
        }
        return .rejected(.notFound)
    }

    private var allMethods: [String] {
        Set(endpoints.flatMap(\.methods)).union(["OPTIONS"]).sorted()
    }

    /// The methods that are refused for a path only, not altogether (RFC 9110 §9.1); CONNECT is for proxies.
    private static let known: Set<HTTPRequest.Method> = [.get, .head, .post, .put, .patch, .delete, .options, .trace]
}
