internal import Foundation
public import HTTPTypes

/// A problem in the words of RFC 9457, answered as `application/problem+json`.
///
///     throw Problem(status: .unprocessableContent, detail: "The JPEG ends before its last row.")
///
/// The server adds the request id as `request_id` when it answers one.
public struct Problem: Error, Sendable, Codable, Equatable {
    /// A URI reference that names the kind of problem; `about:blank` when the status says it all.
    public var type: String
    /// The kind of problem in a few words.
    public var title: String
    /// The HTTP status code.
    public var status: Int
    /// What went wrong this time.
    public var detail: String?
    /// The request this is about; filled by the server.
    public var requestID: String?
    /// Further members by name, each a string.
    public var extensions: [String: String]

    /// A problem for a status, titled by its reason phrase unless `title` says otherwise.
    public init(
        status: HTTPResponse.Status, type: String = "about:blank", title: String? = nil, detail: String? = nil,
        extensions: [String: String] = [:]
    ) {
        self.type = type
        self.title = title ?? status.reasonPhrase
        self.status = status.code
        self.detail = detail
        self.extensions = extensions
    }

    private struct Key: CodingKey {
        var stringValue: String
        var intValue: Int? { nil }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }

        static let type = Key(stringValue: "type")
        static let title = Key(stringValue: "title")
        static let status = Key(stringValue: "status")
        static let detail = Key(stringValue: "detail")
        static let requestID = Key(stringValue: "request_id")
        static let standard: Set = ["type", "title", "status", "detail", "request_id"]
    }

    /// A problem read from its JSON members; unknown members that are strings become extensions.
    public init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: Key.self)
        type = try members.decodeIfPresent(String.self, forKey: .type) ?? "about:blank"
        title = try members.decodeIfPresent(String.self, forKey: .title) ?? ""
        status = try members.decode(Int.self, forKey: .status)
        detail = try members.decodeIfPresent(String.self, forKey: .detail)
        requestID = try members.decodeIfPresent(String.self, forKey: .requestID)
        extensions = [:]
        for key in members.allKeys where !Key.standard.contains(key.stringValue) {
            extensions[key.stringValue] = try? members.decode(String.self, forKey: key)
        }
    }

    /// Writes the members, extensions beside the standard ones.
    public func encode(to encoder: any Encoder) throws {
        var members = encoder.container(keyedBy: Key.self)
        for (name, value) in extensions where !Key.standard.contains(name) {
            try members.encode(value, forKey: Key(stringValue: name))
        }
        try members.encode(type, forKey: .type)
        try members.encode(title, forKey: .title)
        try members.encode(status, forKey: .status)
        try members.encodeIfPresent(detail, forKey: .detail)
        try members.encodeIfPresent(requestID, forKey: .requestID)
    }
}

extension Problem: HTTPResponseError {
    /// The answer: this problem's status, its members as JSON.
    public var response: ServerResponse {
        // A decoded problem may hold any number.
        let code = (400...599).contains(status) ? status : 500
        return ServerResponse(status: HTTPResponse.Status(code: code), body: .problem(self))
    }

    /// The JSON bytes, members in alphabetical order.
    var json: [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // Strings and an integer always encode.
        return (try? encoder.encode(self)).map { [UInt8]($0) } ?? Array(#"{"status":500}"#.utf8)
    }
}
