import Foundation
import FoundationNetworking

/// An answer over HTTP.
struct HTTPAnswer: Sendable {
    let status: Int
    let fields: [String: String]
    let body: Data

    var json: JSON { (try? JSONDecoder().decode(JSON.self, from: body)) ?? .null }

    /// Sends one request, whose answer may take a minute.
    static func of(
        _ method: String, _ url: URL, type: String? = nil, body: Data? = nil
    ) async throws -> HTTPAnswer {
        var request = URLRequest(url: url, timeoutInterval: 60)
        request.httpMethod = method
        request.httpBody = body
        if let type { request.setValue(type, forHTTPHeaderField: "Content-Type") }
        let (data, response) = try await URLSession.shared.data(for: request)
        let http = response as? HTTPURLResponse
        var fields: [String: String] = [:]
        for (name, value) in http?.allHeaderFields ?? [:] {
            fields["\(name)".lowercased()] = "\(value)"
        }
        return HTTPAnswer(status: http?.statusCode ?? 0, fields: fields, body: data)
    }
}
