import FeatureStorage

extension ImageFilter {
    /// Conditions on the metadata of one filter, at most; each is a pass over an index.
    static let maximumConditions = 32
    /// Values of one list of alternatives, at most.
    static let maximumAlternatives = 256

    /// The filter that `{"label": …, "metadata": {…}}` stands for.
    init(json value: JSONValue) throws(FeatureAPIError) {
        guard case .object(let members) = value else {
            throw Self.fault("it is an object such as {\"label\": \"cat\", \"metadata\": {\"year\": 2020}}")
        }
        self.init()
        for (name, value) in members {
            switch name {
            case "label": labels = try Self.labels(value)
            case "metadata": metadata = try Self.conditions(value)
            default: throw Self.fault("there is no \"\(name)\" in it, only \"label\" and \"metadata\"")
            }
        }
    }

    static func fault(_ what: String) -> FeatureAPIError { FeatureAPIError(.invalidFilter, "The filter: \(what).") }

    private static func labels(_ value: JSONValue) throws(FeatureAPIError) -> Labels {
        if value == .null { return .unlabelled }
        if let label = value.text { return .oneOf([try StoredText.label(label)]) }
        guard case .array(let elements) = value, (1...maximumAlternatives).contains(elements.count) else {
            throw fault(
                "\"label\" is a string, 1 to \(maximumAlternatives) of them in an array, or null for images without one"
            )
        }
        var labels = [String]()
        for element in elements {
            guard let label = element.text else { throw fault("\"label\" has an array with \(element.kind) in it") }
            labels.append(try StoredText.label(label))
        }
        return .oneOf(labels)
    }

    private static func conditions(_ value: JSONValue) throws(FeatureAPIError) -> [MetadataCondition] {
        guard case .object(let members) = value, members.count <= maximumConditions else {
            throw fault("\"metadata\" is an object of at most \(maximumConditions) members and what is asked of each")
        }
        var conditions = [MetadataCondition]()
        for (name, value) in members {
            guard !name.isEmpty else { throw fault("\"metadata\" has a member without a name") }
            conditions.append(MetadataCondition(name, try test(value, of: name)))
        }
        return conditions
    }

    private static func test(_ value: JSONValue, of name: String) throws(FeatureAPIError) -> MetadataCondition.Test {
        switch value {
        case .array(let elements):
            guard (1...maximumAlternatives).contains(elements.count) else {
                throw fault("\"\(name)\" has a list of alternatives, 1 to \(maximumAlternatives)")
            }
            var values = [MetadataValue]()
            for element in elements { values.append(try scalar(element, of: name)) }
            return .oneOf(values)
        case .object(let members): return try comparison(members, of: name)
        default: return .equals(try scalar(value, of: name))
        }
    }

    /// `{"gte": 100, "lt": 800}` or `{"exists": true}`; what lies in a range exists, so that true may stand beside one.
    private static func comparison(
        _ members: [(name: String, value: JSONValue)], of name: String
    ) throws(FeatureAPIError) -> MetadataCondition.Test {
        var exists: Bool?
        var bounds: (lower: MetadataCondition.Bound?, upper: MetadataCondition.Bound?)
        var kinds = Set<Bool>()
        for (comparison, value) in members {
            if comparison == "exists" {
                guard case .bool(let isThere) = value else {
                    throw fault("\"exists\" of \"\(name)\" takes true or false, not \(value.kind)")
                }
                exists = isThere
                continue
            }
            let limit = try scalar(value, of: name)
            if case .boolean = limit {
                throw fault("\"\(name)\" is compared with a boolean; ask whether it equals one")
            }
            if case .string = limit { kinds.insert(true) } else { kinds.insert(false) }
            let bound = MetadataCondition.Bound(limit, isInclusive: comparison.hasSuffix("e"))
            switch comparison {
            case "gt" where bounds.lower == nil, "gte" where bounds.lower == nil: bounds.lower = bound
            case "lt" where bounds.upper == nil, "lte" where bounds.upper == nil: bounds.upper = bound
            default:
                throw fault("\"\(name)\" is compared by one of gt and gte, one of lt and lte, or {\"exists\": true}")
            }
        }
        if let exists, kinds.isEmpty { return .exists(exists) }
        guard exists != false else {
            throw fault("\"\(name)\" cannot lie in a range where it does not exist; ask for one of the two")
        }
        guard kinds.count == 1 else {
            throw fault("\"\(name)\" has to be compared with a number or a string, and with one kind only")
        }
        return .range(lower: bounds.lower, upper: bounds.upper)
    }

    private static func scalar(_ value: JSONValue, of name: String) throws(FeatureAPIError) -> MetadataValue {
        switch value {
        case .string(let text): return .string(String(decoding: text, as: UTF8.self))
        case .bool(let flag): return .boolean(flag)
        case .number(let number): return value.integer.map { .integer(Int64($0)) } ?? .number(number)
        case .null, .array, .object:
            throw fault("\"\(name)\" is asked for \(value.kind); ask for a string, a number or a boolean")
        }
    }
}
