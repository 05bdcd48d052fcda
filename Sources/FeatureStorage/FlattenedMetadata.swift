import Foundation
import GRDB

/// The members of a JSON object that can be asked for: strings, numbers and booleans, and of objects and arrays whether
/// they are there; those of nested objects under their names joined with a dot.
///
/// Null, the elements of arrays, what is nested deeper than `deepest`, and what comes after the first `most` in the order
/// of names are stored with the document, and not found by a filter.
struct FlattenedMetadata {
    /// The levels of objects that are looked into.
    static let deepest = 16
    /// The members that are found, so that one small document cannot become thousands of rows of an index.
    static let most = 256
    /// Names and values, a name more than once where a dot in it makes it another's.
    private(set) var members: [(name: String, value: Value)] = []

    /// What stands in a member.
    enum Value {
        case scalar(MetadataValue)
        /// An object or an array.
        case container
    }

    /// The members of the object in `json`.
    init(json: String) throws(StorageError) {
        guard !json.utf8.contains(0), let document = try? JSONDecoder().decode(Member.self, from: Data(json.utf8)),
            case .object(let object) = document
        else { throw .invalid("The metadata is no JSON object: send one, like {\"year\": 2020}.") }
        append(object, under: "")
    }

    private mutating func append(_ object: [String: Member], under prefix: String) {
        for (name, member) in object {
            switch member {
            case .value(let value): members.append((prefix + name, .scalar(value)))
            case .object(let nested):
                members.append((prefix + name, .container))
                append(nested, under: "\(prefix)\(name).")
            case .array: members.append((prefix + name, .container))
            case .other: break
            }
        }
    }

    private enum Member: Decodable {
        case value(MetadataValue)
        case object([String: Member])
        case array
        case other

        init(from decoder: any Decoder) throws {
            guard decoder.codingPath.count < FlattenedMetadata.deepest else {
                self = .other
                return
            }
            let container = try decoder.singleValueContainer()
            if container.decodeNil() {
                self = .other
            } else if let text = try? container.decode(String.self) {
                self = .value(.string(text))
            } else if let whole = try? container.decode(Int64.self) {
                self = .value(.integer(whole))
            } else if let number = try? container.decode(Double.self) {
                self = number.isFinite ? .value(.number(number)) : .other
            } else if let truth = try? container.decode(Bool.self) {
                self = .value(.boolean(truth))
            } else if let object = try? container.decode([String: Member].self) {
                self = .object(object)
            } else if (try? decoder.unkeyedContainer()) != nil {
                self = .array
            } else {
                self = .other
            }
        }
    }
}

/// A row of the table of members.
struct MetadataRow: Hashable {
    var name: String
    var value: DatabaseValue
}

extension FlattenedMetadata {
    /// The rows that stand for the members; always the same ones of the same document.
    var rows: Set<MetadataRow> {
        let rows = Set(
            members.filter { !$0.name.utf8.contains(0) }.map { MetadataRow(name: $0.name, value: $0.value.stored) })
        guard rows.count > Self.most else { return rows }
        let sorted = rows.sorted { left, right in
            left.name == right.name ? "\(left.value)" < "\(right.value)" : left.name < right.name
        }
        return Set(sorted.prefix(Self.most))
    }
}

extension FlattenedMetadata.Value {
    /// How the value stands in the table. A container is a blob that begins with 3, which no scalar does, and which lies
    /// in no range: those of strings end where blobs begin, or at one that begins with 2.
    fileprivate var stored: DatabaseValue {
        switch self {
        case .scalar(let value): value.stored
        case .container: Data([3]).databaseValue
        }
    }
}

extension MetadataValue {
    /// How the value stands in the table. SQLite orders numbers before strings before blobs and compares none with
    /// another kind, so booleans are blobs of one byte. A string with a zero in it, at which SQLite would cut it, is a
    /// blob that begins with 2.
    var stored: DatabaseValue {
        switch self {
        case .string(let text) where text.utf8.contains(0): (Data([2]) + Data(text.utf8)).databaseValue
        case .string(let text): text.databaseValue
        case .integer(let whole): whole.databaseValue
        case .number(let number): number.databaseValue
        case .boolean(let truth): Data([truth ? 1 : 0]).databaseValue
        }
    }
}
