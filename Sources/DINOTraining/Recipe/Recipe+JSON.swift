public import Foundation

extension Recipe {
    /// The recipe as JSON: sorted keys, numbers that read back as the same numbers.
    ///
    /// - Parameter pretty: whether each key gets a line.
    public func json(pretty: Bool = false) throws(TrainingError) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = pretty ? [.sortedKeys, .prettyPrinted] : [.sortedKeys]
        do {
            return String(decoding: try encoder.encode(self), as: UTF8.self)
        } catch {
            throw .recipe("the recipe holds a number that is not finite")
        }
    }

    /// The recipe that JSON describes; what it leaves out is as in `base`.
    ///
    /// - Throws: `TrainingError.recipe`, which names the key that a recipe does not have or the value that does not fit.
    public init(json: Data, over base: Recipe = Recipe()) throws(TrainingError) {
        do {
            // Optional keys are absent from a recipe's JSON; the complete one says that they exist.
            var complete = base
            complete.hours = base.hours ?? 1
            complete.crops.early = base.crops.early ?? .init(until: 0, globalSize: 0, localSize: 0)
            let known = try Self.object(JSONEncoder().encode(complete)), changes = try Self.object(json)
            let merged = try Self.merge(changes, into: Self.object(JSONEncoder().encode(base)), known: known)
            do {
                self = try JSONDecoder().decode(Recipe.self, from: JSONSerialization.data(withJSONObject: merged))
            } catch let error as DecodingError {
                throw TrainingError.recipe(
                    "the recipe does not fit: \(RecipeFault(changes, known: known, error).sentence)")
            }
        } catch let error as TrainingError {
            throw error
        } catch {
            throw .recipe("the recipe is no JSON: \(error.localizedDescription)")
        }
    }

    private static func object(_ data: Data) throws -> [String: Any] {
        guard let object = try JSONSerialization.jsonObject(with: data) as? [String: Any] else {
            throw TrainingError.recipe("a recipe is a JSON object: { \"batch\": 64, … }")
        }
        return object
    }

    private static func merge(
        _ changes: [String: Any], into base: [String: Any], known: [String: Any], path: String = ""
    ) throws(TrainingError) -> [String: Any] {
        var result = base
        for (key, value) in changes.sorted(by: { $0.key < $1.key }) {
            guard let template = known[key] else {
                let keys = known.keys.sorted().joined(separator: ", ")
                throw .recipe("a recipe has no \"\(path)\(key)\": it has \(keys)")
            }
            if let value = value as? [String: Any], let template = template as? [String: Any] {
                result[key] = try merge(
                    value, into: base[key] as? [String: Any] ?? [:], known: template, path: "\(path)\(key).")
            } else if value is NSNull {
                result[key] = nil
            } else {
                result[key] = value
            }
        }
        return result
    }
}

extension Recipe {
    /// A value of a recipe that is not as in another one.
    public struct Difference: Sendable, Equatable {
        /// The key, from the outside in: `crops.localNumber`.
        public let key: String
        /// The values in this recipe and in the other; `none` where one has no such value.
        public let value, other: String
    }

    /// What another recipe has otherwise, by key.
    public func differences(from other: Recipe) throws(TrainingError) -> [Difference] {
        let mine = try values(), others = try other.values()
        return Set(mine.keys).union(others.keys).sorted().compactMap { key in
            let pair = (mine[key] ?? "none", others[key] ?? "none")
            return pair.0 == pair.1 ? nil : Difference(key: key, value: pair.0, other: pair.1)
        }
    }

    private func values() throws(TrainingError) -> [String: String] {
        let object: [String: Any]
        let json = try json()
        do {
            object = try Self.object(Data(json.utf8))
        } catch {
            throw .recipe("the recipe is no JSON: \(error)")
        }
        var result: [String: String] = [:]
        func collect(_ object: [String: Any], _ path: String) {
            for (key, value) in object {
                if let inner = value as? [String: Any] {
                    collect(inner, "\(path)\(key).")
                } else {
                    result[path + key] = "\(value)"
                }
            }
        }
        collect(object, "")
        return result
    }
}
