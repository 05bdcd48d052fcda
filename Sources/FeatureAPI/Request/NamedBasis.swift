package import DINO

/// A basis with the model that it belongs to, as answers carry it and requests give it back.
///
/// Vectors are base64 of little-endian float32, so that nothing is lost on the way.
package struct NamedBasis: Sendable, Equatable {
    /// The model's fingerprint.
    package var fingerprint: String
    /// The directions and their colours.
    package var basis: PatchBasis

    /// A basis of a model.
    package init(fingerprint: String, basis: PatchBasis) { (self.fingerprint, self.basis) = (fingerprint, basis) }

    /// The basis as a JSON object.
    package func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("fingerprint", fingerprint)
            writer.key("mean")
            writer.base64(basis.mean)
            writer.key("components")
            writer.base64(basis.components)
            writer.key("ranges")
            writer.array { writer in for range in basis.ranges { writer.numbers([range.low, range.high]) } }
            guard let foreground = basis.foreground else { return }
            writer.key("foreground")
            writer.object { writer in
                writer.key("mean")
                writer.base64(foreground.mean)
                writer.key("direction")
                writer.base64(foreground.direction)
                writer.key("threshold")
                writer.number(foreground.threshold)
            }
        }
    }

    /// The basis in the object that ``write(to:)`` writes.
    ///
    /// - Throws: ``FeatureAPIError`` where it is not one.
    package init(json value: JSONValue) throws(FeatureAPIError) {
        let members = try Self.members(
            value, "basis", names: ["fingerprint", "mean", "components", "ranges", "foreground"])
        guard let fingerprint = members["fingerprint"]?.text, let mean = Self.vector(members["mean"]),
            let components = Self.vector(members["components"]), let ranges = Self.ranges(members["ranges"])
        else {
            throw Self.fault(
                "has \"fingerprint\", \"mean\" and \"components\" in base64 of float32, and \"ranges\" of two numbers each"
            )
        }
        var foreground: PatchBasis.Foreground?
        if let value = members["foreground"] {
            let members = try Self.members(value, "foreground", names: ["mean", "direction", "threshold"])
            guard let mean = Self.vector(members["mean"]), let direction = Self.vector(members["direction"]),
                case .number(let threshold)? = members["threshold"]
            else {
                throw Self.fault(
                    "has in \"foreground\" a \"mean\" and a \"direction\" in base64 of float32, and a \"threshold\"")
            }
            foreground = .init(mean: mean, direction: direction, threshold: Float(threshold))
        }
        guard PCAOptions.components.contains(ranges.count),
            let basis = PatchBasis(mean: mean, components: components, ranges: ranges, foreground: foreground)
        else {
            throw Self.fault(
                "has vectors whose lengths disagree, more than \(PCAOptions.components.upperBound) components, a number "
                    + "that is not finite, or a range that is upside down; give back what an answer had")
        }
        self.init(fingerprint: fingerprint, basis: basis)
    }

    private static func members(
        _ value: JSONValue, _ what: String, names: Set<String>
    ) throws(FeatureAPIError) -> [String: JSONValue] {
        guard case .object(let members) = value else {
            throw fault("takes an object\(what == "basis" ? "" : " as its \"\(what)\""), not \(value.kind)")
        }
        for (name, _) in members where !names.contains(name) {
            throw FeatureAPIError(.unknownOption, "\"\(what)\" has no member \"\(name)\".")
        }
        return Dictionary(members.map { ($0.name, $0.value) }) { first, _ in first }
    }

    private static func vector(_ value: JSONValue?) -> [Float]? {
        if case .string(let text)? = value { Base64.floats(text) } else { nil }
    }

    private static func ranges(_ value: JSONValue?) -> [PatchBasis.Span]? {
        guard case .array(let elements)? = value else { return nil }
        let ranges = elements.compactMap { element -> PatchBasis.Span? in
            guard let ends = element.numbers, ends.count == 2 else { return nil }
            return PatchBasis.Span(low: Float(ends[0]), high: Float(ends[1]))
        }
        return ranges.count == elements.count ? ranges : nil
    }

    private static func fault(_ sentence: String) -> FeatureAPIError {
        FeatureAPIError(.invalidOption, "The option \"basis\" \(sentence).")
    }
}
