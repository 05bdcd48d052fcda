import FeatureStorage

/// What `POST /v1/search` and `POST /v1/classify` are asked: one query, or several separate ones, and options.
struct NeighborRequest<Options: RequestOptions>: Sendable {
    var queries: [NeighborQuery]
    /// Whether the answer is a list of results: where the queries came as `searches`.
    var isBatch = false
    var options: Options
}

/// The bounds on what one request may look for.
enum NeighborLimits {
    /// Separate queries.
    static let searches = 256
    /// Neighbours of one query.
    static let neighbors = 1...1000
    /// Neighbours of all queries of a request together.
    static let hits = 16_384
    /// Values of the JSON: the queries' vectors as numbers.
    static let jsonValues = 300_000
}

extension NeighborRequest {
    /// The request in a body of any form.
    init(
        _ submission: Submission, options reader: OptionReader<Options>, limits: RequestLimits
    ) throws(FeatureAPIError) {
        switch submission {
        case .image(let image):
            self.init(queries: [NeighborQuery(.image(image))], options: reader.options)
        case .form(let parts):
            var reader = reader
            reader.beginBody()
            try reader.set(fields: parts)
            let files = parts.filter(\.isFile)
            guard files.count == 1 else {
                throw FeatureAPIError(
                    .malformedBody, "A form has one image to look for; for several send JSON with \"searches\".")
            }
            self.init(queries: [NeighborQuery(.image(SubmittedImage(file: files[0])))], options: reader.options)
        case .json(let text):
            try self.init(json: text, options: reader, limits: limits)
        }
    }

    private init(
        json text: [UInt8], options reader: OptionReader<Options>, limits: RequestLimits
    ) throws(FeatureAPIError) {
        var reader = reader
        reader.beginBody()
        var query = [(name: String, value: JSONValue)]()
        var searches: JSONValue?
        for (name, value) in try JSONParser.object(text, maximumValues: NeighborLimits.jsonValues) {
            if name == "searches" {
                searches = value
            } else if NeighborQuery.isMember(name) {
                query.append((name, value))
            } else {
                try reader.set(name, to: value)
            }
        }
        guard let searches else {
            self.init(queries: [try NeighborQuery(members: query, limits: limits)], options: reader.options)
            return
        }
        guard query.isEmpty else {
            throw FeatureAPIError(.malformedBody, "\"searches\" and \"\(query[0].name)\" exclude each other.")
        }
        self.init(queries: try Self.queries(searches, limits: limits), isBatch: true, options: reader.options)
    }

    private static func queries(
        _ value: JSONValue, limits: RequestLimits
    ) throws(FeatureAPIError) -> [NeighborQuery] {
        guard case .array(let elements) = value, (1...NeighborLimits.searches).contains(elements.count) else {
            throw FeatureAPIError(
                .malformedBody, "\"searches\" takes an array of 1 to \(NeighborLimits.searches) queries.")
        }
        var queries = [NeighborQuery]()
        for (index, element) in elements.enumerated() {
            do throws(FeatureAPIError) {
                guard case .object(let members) = element else {
                    throw FeatureAPIError(.malformedBody, "Each of \"searches\" is an object, not \(element.kind).")
                }
                queries.append(try NeighborQuery(members: members, limits: limits))
            } catch {
                throw error.at(index)
            }
        }
        try limits.check(imageCount: queries.reduce(0) { $0 + $1.imageCount })
        return queries
    }
}

/// What an answer says about a hit beyond id, key, name, label and score.
enum HitMember: String, CaseIterable, Sendable {
    case metadata
    /// Hash, type, bytes, width and height.
    case file
    /// When it was stored and changed.
    case times
}

/// The options of `POST /v1/search`.
struct SearchOptions: RequestOptions {
    static let names = ["filter", "fingerprint", "include", "k", "min_score", "region"]
    static let jsonNames: Set = ["filter", "k", "min_score", "region"]
    static let wholeNumberNames: Set = ["k"]

    var k = 10
    var minimumScore: Float?
    var filter = ImageFilter()
    var include = Set<HitMember>()
    /// The fingerprint of the model that the caller's vectors are from.
    var fingerprint: String?
    /// The part of the query image that hits are to resemble.
    var region: RegionQuery?

    init() {}

    mutating func set(_ name: String, to value: JSONValue) throws(FeatureAPIError) {
        switch name {
        case "k": k = try Option.integer(value, name, in: NeighborLimits.neighbors)
        case "filter": filter = try ImageFilter(json: value)
        case "fingerprint": fingerprint = try Option.text(value, name)
        case "region": region = try RegionQuery(json: value)
        case "include": include = try Self.members(value)
        default:
            guard case .number(let number) = value, (-1...1).contains(number) else {
                throw FeatureAPIError(.invalidOption, "The option \"min_score\" takes a number from -1 to 1.")
            }
            minimumScore = Float(number)
        }
    }

    private static func members(_ value: JSONValue) throws(FeatureAPIError) -> Set<HitMember> {
        let words: [String?]
        if case .array(let elements) = value {
            words = elements.map(\.text)
        } else {
            words = value.text?.split(separator: ",", omittingEmptySubsequences: false).map(String.init) ?? [nil]
        }
        var members = Set<HitMember>()
        for word in words { members.insert(try Option.choice(word, "include")) }
        return members
    }
}

/// The options of `POST /v1/classify`.
struct ClassifyOptions: RequestOptions {
    static let names = ["filter", "fingerprint", "k", "temperature"]
    static let jsonNames: Set = ["filter", "k", "temperature"]
    static let wholeNumberNames: Set = ["k"]

    var k = 20
    var temperature = 0.07
    var filter = ImageFilter()
    var fingerprint: String?

    init() {}

    mutating func set(_ name: String, to value: JSONValue) throws(FeatureAPIError) {
        switch name {
        case "k": k = try Option.integer(value, name, in: NeighborLimits.neighbors)
        case "filter": filter = try ImageFilter(json: value)
        case "fingerprint": fingerprint = try Option.text(value, name)
        default:
            guard case .number(let number) = value, number > 0, number <= 100 else {
                throw FeatureAPIError(.invalidOption, "The option \"temperature\" takes a number above 0, at most 100.")
            }
            temperature = number
        }
    }
}
