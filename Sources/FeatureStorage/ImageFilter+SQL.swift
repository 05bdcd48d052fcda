import Foundation
import GRDB

/// A filter as the condition of a query on `images`; values are bound, never written into it.
struct FilterSQL {
    /// The most conditions, and the most values of one of them.
    static let mostConditions = 64, mostValues = 1000
    /// What the condition is for.
    enum Use {
        /// All images that it lets through: the matches of each condition are found at once.
        case all
        /// The next few: each image is looked up under each condition, so that a page costs as much as it looks at.
        case page
    }

    /// `WHERE …`, or nothing.
    var clause: String { conditions.isEmpty ? "" : "WHERE " + conditions.joined(separator: " AND ") }
    /// The values of its question marks.
    private(set) var arguments: [DatabaseValue] = []
    private var conditions: [String] = []
    private let use: Use
    /// What the query takes its rows from, and the column of their ids. Of a page with a condition of equality these are
    /// the rows of that value, which stand by rising ids: few matches among many images are found as fast as many.
    private(set) var source = "images", id = "images.id"

    /// The condition of all of the filter's parts.
    init(_ filter: ImageFilter, for use: Use) throws(StorageError) {
        self.use = use
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
            // One label's images stand in its index by rising ids; those of several would have to be sorted.
            let tokens = "(SELECT token FROM labels WHERE label IN (\(places)))"
            append(
                "images.label \(names.count == 1 ? "=" : "IN") \(tokens)",
                texts.map(\.databaseValue) + Array(repeating: .null, count: names.count - texts.count))
        }
    }

    private mutating func append(_ condition: MetadataCondition) throws(StorageError) {
        let name = condition.name.utf8.contains(0) ? DatabaseValue.null : condition.name.databaseValue
        switch condition.test {
        case .exists(let isThere):
            append(member("", isThere: isThere), [name])
        case .equals(let value):
            let arguments = [name, try Self.bound(value, condition.name)]
            guard use == .page, source == "images" else { return append(member(" AND value = ?"), arguments) }
            (source, id) = ("metadata AS first CROSS JOIN images ON images.id = first.image_id", "first.image_id")
            append("first.name = (SELECT id FROM metadata_names WHERE name = ?) AND first.value = ?", arguments)
        case .oneOf(let values):
            let places = try Self.places(values.count, "values for \(condition.name)")
            var arguments = [name]
            for value in values { arguments.append(try Self.bound(value, condition.name)) }
            append(member(" AND value IN (\(places))"), arguments)
        case .range(let lower, let upper):
            let range = try Self.range(lower, upper, condition.name)
            append(member(" AND value \(range.lower) ? AND value \(range.upper) ?"), [name] + range.bounds)
        }
    }

    /// That an image has a member of a name for whose value `test` holds, or has none.
    ///
    /// Of a page's images each is looked up by its id: a range of values, or all of a name, would be read again for each.
    private func member(_ test: String, isThere: Bool = true) -> String {
        let isOfName = "name = (SELECT id FROM metadata_names WHERE name = ?)"
        let not = isThere ? "" : "NOT "
        return switch use {
        case .all: "images.id \(not)IN (SELECT image_id FROM metadata WHERE \(isOfName)\(test))"
        case .page:
            "\(not)EXISTS (SELECT 1 FROM metadata INDEXED BY metadata_by_image WHERE \(isOfName)\(test) "
                + "AND image_id = images.id)"
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
