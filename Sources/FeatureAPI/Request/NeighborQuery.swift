/// What a search looks for the neighbours of: one direction, given as an image, a stored image or a vector, or as the
/// weighted mean of several of these.
package struct NeighborQuery: Sendable {
    /// One of what a direction is given by.
    package enum Source: Sendable {
        /// A file, embedded for this search.
        case image(SubmittedImage)
        /// A stored image.
        case id(Int64)
        /// Numbers of any length but zero, `(D)`.
        case vector([Float])
    }

    /// A source, and how much it counts.
    package struct Part: Sendable {
        package var source: Source
        package var weight = 1.0
    }

    package var parts: [Part]

    /// The direction of one source.
    package init(_ source: Source) { parts = [Part(source: source)] }

    /// The parts of one direction, at most.
    static let maximumParts = 64

    /// Whether `name` is a member of a query in JSON.
    static func isMember(_ name: String) -> Bool { ["image", "id", "vector", "queries"].contains(name) }

    /// The query in the members `image`, `id`, `vector` or `queries`, of which there is one.
    init(members: [(name: String, value: JSONValue)], limits: RequestLimits) throws(FeatureAPIError) {
        guard members.count == 1 else {
            throw FeatureAPIError(
                .malformedBody, "A query is given by exactly one of image, id, vector and queries.")
        }
        let (name, value) = members[0]
        guard name == "queries" else {
            parts = [Part(source: try Source(name, value, limits: limits))]
            return
        }
        guard case .array(let elements) = value, (1...Self.maximumParts).contains(elements.count) else {
            throw FeatureAPIError(
                .malformedBody,
                "\"queries\" takes 1 to \(Self.maximumParts) of {\"image\" or \"id\" or \"vector\", \"weight\"}.")
        }
        parts = []
        for element in elements { parts.append(try Part(json: element, limits: limits)) }
    }

    /// How many images have to be embedded for it.
    var imageCount: Int { parts.count { if case .image = $0.source { true } else { false } } }
    /// The stored images that it is given by.
    var ids: [Int64] { parts.compactMap { if case .id(let id) = $0.source { id } else { nil } } }
}

extension NeighborQuery.Part {
    /// Weights lie between the two of these, and are not zero.
    private static let largestWeight = 1e6

    fileprivate init(json value: JSONValue, limits: RequestLimits) throws(FeatureAPIError) {
        guard case .object(let members) = value else {
            throw FeatureAPIError(.malformedBody, "Each of \"queries\" is an object, not \(value.kind).")
        }
        let sources = members.filter { $0.name != "weight" }
        guard sources.count == 1 else {
            throw FeatureAPIError(
                .malformedBody, "Each of \"queries\" has one of image, id and vector, and weight if wanted.")
        }
        source = try NeighborQuery.Source(sources[0].name, sources[0].value, limits: limits)
        guard let weight = members.first(where: { $0.name == "weight" })?.value else { return }
        guard case .number(let number) = weight, number != 0, abs(number) <= Self.largestWeight else {
            throw FeatureAPIError(
                .invalidOption,
                "The \"weight\" of a query is a number other than 0, at most a million; negative is away from.")
        }
        self.weight = number
    }
}

extension NeighborQuery.Source {
    /// The source under its name in JSON.
    fileprivate init(_ name: String, _ value: JSONValue, limits: RequestLimits) throws(FeatureAPIError) {
        switch name {
        case "image":
            guard case .string(let text) = value else {
                throw FeatureAPIError(.malformedBody, "\"image\" takes base64 or a data-URI, not \(value.kind).")
            }
            self = .image(try SubmittedImage(text: text, limits: limits))
        case "id":
            guard let id = value.integer, id > 0 else {
                throw FeatureAPIError(.invalidOption, "\"id\" takes the number of a stored image.")
            }
            self = .id(Int64(id))
        case "vector": self = .vector(try Self.vector(value))
        default: throw FeatureAPIError(.unknownOption, "A query has no \"\(name)\"; it has image, id or vector.")
        }
    }

    /// Numbers, or base64 of little-endian float32; finite all of them.
    private static func vector(_ value: JSONValue) throws(FeatureAPIError) -> [Float] {
        let vector: [Float]
        switch value {
        case .array(let elements):
            vector = elements.compactMap { if case .number(let number) = $0 { Float(number) } else { nil } }
            guard vector.count == elements.count else { throw fault("has an element that is not a number") }
        case .string(let text):
            guard let floats = Base64.floats(text) else { throw fault("is not base64 of float32") }
            vector = floats
        default: throw fault("is \(value.kind); it takes numbers, or base64 of little-endian float32")
        }
        guard vector.allSatisfy(\.isFinite) else { throw fault("has a number that is not finite in float32") }
        return vector
    }

    private static func fault(_ what: String) -> FeatureAPIError {
        FeatureAPIError(.invalidVector, "The vector \(what).")
    }
}
