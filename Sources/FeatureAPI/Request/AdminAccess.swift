import Crypto
import Foundation
package import HTTPServer
import HTTPTypes

/// Who may use the routes that change the server itself.
///
/// With a key, whoever sends `Authorization: Bearer KEY` (RFC 6750); without one everybody, where the server is bound to
/// loopback, and nobody elsewhere. On loopback a browser on the same machine is the way in for strangers: a page of theirs
/// may send requests here, under a name of theirs that leads to loopback. So without a key a request has to name this
/// machine as its host, and a page it comes from has to be from here.
public struct AdminAccess: Sendable {
    /// SHA-256 of the key: comparing digests takes the same time wherever the keys differ, and whatever their lengths.
    private let digest: SHA256Digest?
    private let isLoopback: Bool

    /// The access to a server bound to loopback or elsewhere; an empty key is none.
    public init(key: String, isLoopback: Bool) {
        digest = key.isEmpty ? nil : SHA256.hash(data: Data(key.utf8))
        self.isLoopback = isLoopback
    }

    /// Throws where whoever sent `request` may not use an admin route.
    package func check(_ request: ServerRequest) throws(FeatureAPIError) {
        guard let digest else {
            guard isLoopback else {
                throw FeatureAPIError(
                    .adminOnly,
                    "This route needs a key, and the server has none. Set DINO_ADMIN_KEY where it runs, or bind it to "
                        + "loopback.")
            }
            return try Self.checkOrigin(request.headerFields)
        }
        let fields = request.headerFields[values: .authorization]
        guard fields.count == 1, let field = fields.first, let key = Self.bearer(field),
            SHA256.hash(data: Data(key.utf8)) == digest
        else {
            throw FeatureAPIError(
                .unauthorized, "This route needs \"Authorization: Bearer KEY\" with the server's admin key.")
        }
    }

    /// Refuses what a page from elsewhere may have made a browser send, under a name of its own for this machine too: browsers
    /// send Host with every request.
    private static func checkOrigin(_ fields: HTTPFields) throws(FeatureAPIError) {
        let isLocal = PageOrigin.value("Host", in: fields).map(HostNames.isLoopback(authority:)) ?? true
        guard isLocal, PageOrigin.isOwn(fields) else {
            throw FeatureAPIError(
                .adminOnly,
                "Without a key this route takes requests to localhost, 127.0.0.1 or [::1], and none of another site's page. "
                    + "Set DINO_ADMIN_KEY where the server runs to use it in another way, through a proxy for one.")
        }
    }

    /// The token behind the scheme, whose name has no case (RFC 9110 section 11.1).
    private static func bearer(_ field: String) -> Substring? {
        guard let space = field.firstIndex(of: " "), field[..<space].lowercased() == "bearer" else { return nil }
        return field[space...].drop { $0 == " " }
    }
}
