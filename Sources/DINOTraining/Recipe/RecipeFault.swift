import Foundation

/// What is wrong with a recipe's JSON whose keys are all known.
///
/// The decoder does not say which of the numbers does not fit, so each value is tried alone.
struct RecipeFault {
    /// The fault in a sentence, with the key from the outside in.
    let sentence: String

    /// The fault of `changes`, for which decoding them all failed with `error`.
    ///
    /// - Parameter known: a recipe that has a value for every key.
    init(_ changes: [String: Any], known: [String: Any], _ error: DecodingError) {
        if case .keyNotFound(let key, let context) = error {
            sentence = "\"\((context.codingPath + [key]).map(\.stringValue).joined(separator: "."))\" is missing"
        } else {
            sentence = Self.fault(changes, path: []) { Self.failure($0, at: $1, in: known) } ?? "\(error)"
        }
    }

    /// The sentence of the first value, by key, that does not fit.
    private static func fault(
        _ object: [String: Any], path: [String], _ failure: (Any, [String]) -> DecodingError?
    ) -> String? {
        for (key, value) in object.sorted(by: { $0.key < $1.key }) {
            let place = path + [key]
            if let inner = value as? [String: Any] {
                if let found = fault(inner, path: place, failure) { return found }
            } else if let error = failure(value, place) {
                return "\"\(place.joined(separator: "."))\" is \(text(value)), expected \(expected(error))"
            }
        }
        return nil
    }

    /// Why a recipe with this one value changed does not decode, nil where it does.
    private static func failure(_ value: Any, at path: [String], in known: [String: Any]) -> DecodingError? {
        guard !(value is NSNull) else { return nil }
        do {
            let data = try JSONSerialization.data(withJSONObject: replacing(path[...], with: value, in: known))
            _ = try JSONDecoder().decode(Recipe.self, from: data)
            return nil
        } catch {
            return error as? DecodingError
        }
    }

    private static func replacing(_ path: ArraySlice<String>, with value: Any, in object: [String: Any]) -> [String:
        Any]
    {
        guard let key = path.first else { return object }
        var result = object
        result[key] =
            path.count == 1 ? value : replacing(path.dropFirst(), with: value, in: object[key] as? [String: Any] ?? [:])
        return result
    }

    /// A value as JSON.
    private static func text(_ value: Any) -> String {
        let data = try? JSONSerialization.data(withJSONObject: value, options: [.fragmentsAllowed])
        return data.map { String(decoding: $0, as: UTF8.self) } ?? "\(value)"
    }

    /// What the decoder looked for. A number that is none of a number's type is one that is not whole or too large.
    private static func expected(_ error: DecodingError) -> String {
        guard case .typeMismatch(let type, let context) = error else {
            if case .dataCorrupted(let context) = error, context.debugDescription.contains("Optimizer") {
                return "one of " + Recipe.Optimizer.allCases.map(\.rawValue).joined(separator: ", ")
            }
            return "a whole number of a possible size"
        }
        switch type {
        case is Int.Type, is UInt64.Type: return "a whole number of a possible size"
        case is Double.Type: return "a number"
        case is Bool.Type: return "true or false"
        case is String.Type: return "a text"
        default: return context.debugDescription
        }
    }
}
