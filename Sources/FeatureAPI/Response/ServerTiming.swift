/// The field `Server-Timing` (W3C Server Timing, section 2): where the time of an answer went, for a browser's network
/// panel and for whoever measures.
package enum ServerTiming {
    /// `name;dur=1.234, …` of the stages, in milliseconds; `stages` are in seconds, and their names tokens.
    package static func field(_ stages: [(name: String, seconds: Double)]) -> String {
        stages.map { "\($0.name);dur=\(milliseconds($0.seconds))" }.joined(separator: ", ")
    }

    /// Milliseconds with three decimals, without an exponent: 0 to some days.
    private static func milliseconds(_ seconds: Double) -> String {
        let microseconds = Int(min(max(seconds * 1_000_000, 0), 1e12).rounded())
        let fraction = String(microseconds % 1000)
        return "\(microseconds / 1000)." + String(repeating: "0", count: 3 - fraction.count) + fraction
    }
}
