internal import Foundation
public import HTTPTypes

/// A problem in the words of RFC 9457, answered as `application/problem+json`.
///
///     throw Problem(status: .unprocessableContent, detail: "The JPEG ends before its last row.")
///
/// The server adds the request id as `request_id` when it answers one.
public struct Problem: Error, Sendable, Encodable, Equatable {
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
    /// Further members by name.
    public var extensions: [String: Member]

    /// A problem for a status, titled by its reason phrase unless `title` says otherwise.
    public init(
        status: HTTPResponse.Status, type: String = "about:blank", title: String? = nil, detail: String? = nil,
        extensions: [String: Member] = [:]
    ) {
        self.type = type
        self.title = title ?? status.reasonPhrase
        self.status = status.code
        self.detail = detail
        self.extensions = extensions
    }

    /// The value of a further member.
    public enum Member: Sendable, Encodable, Equatable, ExpressibleByStringLiteral, ExpressibleByIntegerLiteral {
        case string(String)
        case integer(Int)

        /// A text.
        public init(stringLiteral value: String) { self = .string(value) }
        /// A number.
        public init(integerLiteral value: Int) { self = .integer(value) }

        /// Writes the bare value.
        public func encode(to encoder: any Encoder) throws {
            var value = encoder.singleValueContainer()
            switch self {
            case .string(let text): try value.encode(text)
            case .integer(let number): try value.encode(number)
            }
        }
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
        // `status` can be set to any number.
        let code = (400...599).contains(status) ? status : 500
        return ServerResponse(status: HTTPResponse.Status(code: code), body: .problem(self))
    }

    /// The JSON bytes, members in alphabetical order.
    package var json: [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // Strings and integers always encode.
        return (try? encoder.encode(self)).map { [UInt8]($0) } ?? Array(#"{"status":500}"#.utf8)
    }
}
