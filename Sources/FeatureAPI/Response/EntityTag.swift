import HTTPServer
import HTTPTypes

/// An entity tag (RFC 9110 section 8.8.3): a strong one is equal for two answers only if their content is, byte for byte; a
/// weak one if they mean the same.
struct EntityTag: Sendable, Equatable {
    /// Whether the content may differ in what does not matter, such as how long it took.
    let isWeak: Bool
    /// What is between the quotes, with them.
    fileprivate let quoted: String

    /// A tag of visible ASCII without quotes.
    init(_ opaque: String, isWeak: Bool = false) { (quoted, self.isWeak) = ("\"\(opaque)\"", isWeak) }

    /// The tag as it stands in a header.
    var text: String { isWeak ? "W/" + quoted : quoted }
}

/// `If-Match` and `If-None-Match` of a request (RFC 9110 sections 13.1 and 13.2).
struct Preconditions: Sendable {
    private let ifMatch: String?
    private let ifNoneMatch: String?

    init(_ fields: HTTPFields) { (ifMatch, ifNoneMatch) = (fields[.ifMatch], fields[.ifNoneMatch]) }

    /// Throws where a change is not wanted of what is there now: `tag`, or nothing.
    ///
    /// An `If-Match` that breaks the grammar matches nothing, so a change that was to be guarded is not made unguarded.
    func check(_ tag: EntityTag?) throws(FeatureAPIError) {
        if let ifMatch, !Self.matches(ifMatch, tag, allowingWeak: false) {
            let now = tag.map { "its tag is \($0.text) now" } ?? "there is none"
            throw FeatureAPIError(
                .preconditionFailed, "If-Match names another state of the image: \(now). Read it again, then change it."
            )
        }
        if let ifNoneMatch, Self.matches(ifNoneMatch, tag, allowingWeak: true) {
            throw FeatureAPIError(
                .preconditionFailed, "If-None-Match names the state that the image has, or it was to be new.")
        }
    }

    /// Whether the client has the content of `tag` already, so that 304 says all.
    func areSatisfied(by tag: EntityTag) -> Bool {
        ifNoneMatch.map { Self.matches($0, tag, allowingWeak: true) } ?? false
    }

    private static func matches(_ field: String, _ tag: EntityTag?, allowingWeak: Bool) -> Bool {
        guard let tag else { return false }
        var rest = Substring(field)
        var isFirst = true
        while true {
            rest = rest.drop { $0 == " " || $0 == "\t" || $0 == "," }
            if rest.isEmpty { return false }
            if isFirst, rest.first == "*" { return rest.dropFirst().allSatisfy { $0 == " " || $0 == "\t" } }
            isFirst = false
            let isWeak = rest.hasPrefix("W/")
            if isWeak { rest = rest.dropFirst(2) }
            guard rest.first == "\"", let end = rest.dropFirst().firstIndex(of: "\"") else { return false }
            if allowingWeak || !isWeak && !tag.isWeak, rest[...end] == tag.quoted { return true }
            rest = rest[rest.index(after: end)...]
        }
    }
}

extension ServerResponse {
    /// The answer to a `GET` with its tag: 304 without the content where the client has it (RFC 9110 section 15.4.5).
    ///
    /// - Parameter cacheControl: how long caches may keep it; `no-cache` has them ask each time.
    func tagged(_ tag: EntityTag, for request: ServerRequest, cacheControl: String = "no-cache") -> ServerResponse {
        var response = self
        if Preconditions(request.headerFields).areSatisfied(by: tag) {
            response = ServerResponse(status: .notModified)
        }
        response.headerFields[.eTag] = tag.text
        response.headerFields[.cacheControl] = cacheControl
        return response
    }
}
