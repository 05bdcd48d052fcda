/// The choice among the forms of an answer by `Accept` (RFC 9110 section 12.5.1).
package enum Accept {
    private struct Range {
        let essence: String
        let quality: Int
        /// 0 for `*/*`, 1 for `type/*`, 2 for `type/subtype`.
        var specificity: Int { essence == "*/*" ? 0 : essence.hasSuffix("/*") ? 1 : 2 }

        func matches(_ offer: String) -> Bool {
            specificity == 0 || essence == offer || specificity == 1 && offer.hasPrefix(essence.dropLast())
        }
    }

    /// The one of `offers` that the client prefers, the earlier where it does not care; nothing where it wants none.
    ///
    /// An offer has the quality of the most specific range that names it. Elements that break the grammar are passed
    /// over; a field of nothing else says nothing.
    package static func choose(_ field: String?, from offers: [String]) -> String? {
        let ranges = (field ?? "").split(separator: ",").compactMap { range(String($0)) }
        guard !ranges.isEmpty else { return offers.first }
        var best: (offer: String, quality: Int, specificity: Int)?
        for offer in offers {
            let matching = ranges.filter { $0.matches(offer) }.max { $0.specificity < $1.specificity }
            guard let matching, matching.quality > 0 else { continue }
            if let best, (best.quality, best.specificity) >= (matching.quality, matching.specificity) { continue }
            best = (offer, matching.quality, matching.specificity)
        }
        return best?.offer
    }

    private static func range(_ text: String) -> Range? {
        guard let type = MediaType(text) else { return nil }
        guard let weight = type.parameters["q"] else { return Range(essence: type.essence, quality: 1000) }
        return quality(weight).map { Range(essence: type.essence, quality: $0) }
    }

    /// Thousandths of a `qvalue`: 0 or 1 with up to three decimals.
    private static func quality(_ text: String) -> Int? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard let whole = parts.first, whole == "0" || whole == "1", parts.count <= 2 else { return nil }
        let decimals = parts.count == 2 ? parts[1] : ""
        guard decimals.utf8.count <= 3, decimals.utf8.allSatisfy({ $0 &- 48 < 10 }) else { return nil }
        let thousandths = decimals.utf8.reduce(0) { $0 * 10 + Int($1 - 48) }
        let scale = [1000, 100, 10, 1][decimals.utf8.count]
        let quality = (whole == "1" ? 1000 : 0) + thousandths * scale
        return quality <= 1000 ? quality : nil
    }
}
