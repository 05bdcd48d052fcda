import Foundation
import GRDB

/// A filter as the condition of a query on `images`; values are bound, never written into it.
struct FilterSQL {
    /// The most conditions, and the most values of one of them.
    static let mostConditions = 64, mostValues = 1000
    /// `WHERE …`, or nothing.
    var clause: String { conditions.isEmpty ? "" : "WHERE " + conditions.joined(separator: " AND ") }
    /// The values of its question marks.
    private(set) var arguments: [DatabaseValue] = []
    private var conditions: [String] = []

    /// The condition of all of the filter's parts.
    init(_ filter: ImageFilter) throws(StorageError) {
        guard filter.metadata.count <= Self.mostConditions else {
            throw .invalid(
                "The filter has \(filter.metadata.count) conditions; at most \(Self.mostConditions) are allowed.")
        }
        try append(filter.labels)
        for condition in filter.metadata { try append(condition) }
    }

    /// One condition more.
    mutating func append(_ condition: String, _ values: [DatabaseValue] = []) {
        conditions.append(condition)
        arguments += values
    }

    private mutating func append(_ labels: ImageFilter.Labels) throws(StorageError) {
        switch labels {
        case .any: break
        case .labelled: append("images.label IS NOT NULL")
        case .unlabelled: append("images.label IS NULL")
        case .oneOf(let names):
            let places = try Self.places(names.count, "labels")
            let texts = names.filter { !$0.utf8.contains(0) }
            append(
                "images.label IN (SELECT token FROM labels WHERE label IN (\(places)))",
                texts.map(\.databaseValue) + Array(repeating: .null, count: names.count - texts.count))
        }
    }

    private mutating func append(_ condition: MetadataCondition) throws(StorageError) {
        let name = condition.name.utf8.contains(0) ? DatabaseValue.null : condition.name.databaseValue
        let members = "SELECT image_id FROM metadata WHERE name = (SELECT id FROM metadata_names WHERE name = ?)"
        switch condition.test {
        case .exists(let isThere):
            append("images.id \(isThere ? "IN" : "NOT IN") (\(members))", [name])
        case .equals(let value):
            append("images.id IN (\(members) AND value = ?)", [name, try Self.bound(value, condition.name)])
        case .oneOf(let values):
            let places = try Self.places(values.count, "values for \(condition.name)")
            var arguments = [name]
            for value in values { arguments.append(try Self.bound(value, condition.name)) }
            append("images.id IN (\(members) AND value IN (\(places)))", arguments)
        case .range(let lower, let upper):
            let range = try Self.range(lower, upper, condition.name)
            append(
                "images.id IN (\(members) AND value \(range.lower) ? AND value \(range.upper) ?)", [name] + range.bounds
            )
        }
    }

    /// A range's comparisons. The open end of one of numbers is where strings begin, of one of strings where blobs do.
    private static func range(
        _ lower: MetadataCondition.Bound?, _ upper: MetadataCondition.Bound?, _ name: String
    ) throws(StorageError) -> (lower: String, upper: String, bounds: [DatabaseValue]) {
        let values = [lower?.value, upper?.value].compactMap(\.self)
        guard !values.isEmpty, values.allSatisfy(\.isNumber) || values.allSatisfy(\.isText) else {
            throw .invalid("The range for \(name) needs one or two bounds, numbers both or strings both.")
        }
        var least = (-Double.infinity).databaseValue
        var end = "".databaseValue
        if values[0].isText { (least, end) = (end, Data().databaseValue) }
        if let lower { least = try bound(lower.value, name) }
        if let upper { end = try bound(upper.value, name) }
        return (lower?.isInclusive == false ? ">" : ">=", upper?.isInclusive == true ? "<=" : "<", [least, end])
    }

    private static func bound(_ value: MetadataValue, _ name: String) throws(StorageError) -> DatabaseValue {
        if case .number(let number) = value, !number.isFinite {
            throw .invalid("The condition on \(name) has a number that is not finite.")
        }
        return value.stored
    }

    private static func places(_ count: Int, _ what: String) throws(StorageError) -> String {
        guard count <= mostValues else {
            throw .invalid("The filter has \(count) \(what); at most \(mostValues) are allowed.")
        }
        return Array(repeating: "?", count: count).joined(separator: ", ")
    }
}

extension MetadataValue {
    fileprivate var isNumber: Bool {
        switch self {
        case .integer, .number: true
        case .string, .boolean: false
        }
    }

    fileprivate var isText: Bool {
        if case .string = self { true } else { false }
    }
}
