import HTTPServer
import HTTPTypes

/// Where the page is from that had a browser send a request.
///
/// A page of anybody's may have a browser send requests here; without permission, which this server never gives, it cannot read
/// the answers, but a change would be made. Browsers say where a request comes from: in `Sec-Fetch-Site`
/// (https://www.w3.org/TR/fetch-metadata/), and in `Origin` (RFC 6454 section 7) with whatever may change something. Other
/// programs send neither.
enum PageOrigin {
    /// Whether a request is from a page of this server, or from no page.
    static func isOwn(_ fields: HTTPFields) -> Bool {
        if let site = value("Sec-Fetch-Site", in: fields) { return site == "same-origin" || site == "none" }
        guard let origin = value("Origin", in: fields) else { return true }
        return value("Host", in: fields).map { origin == "http://\($0)" || origin == "https://\($0)" } ?? false
    }

    /// Refuses a change that another site's page asks for.
    static func check(_ request: ServerRequest) throws(FeatureAPIError) {
        guard isOwn(request.headerFields) else {
            throw FeatureAPIError(
                .foreignPage,
                "Another site's page may not change the collection through a browser. If this is your page behind a proxy, "
                    + "let the proxy pass on Host as the browser sent it.")
        }
    }

    /// A field of the request, in small letters.
    static func value(_ name: String, in fields: HTTPFields) -> String? {
        HTTPField.Name(name).flatMap { fields[$0] }?.lowercased()
    }
}
