import Foundation

/// The JSON file of settings: one object, each member a string, a whole number or a boolean.
enum ConfigurationFile {
    private enum Scalar: Decodable {
        case text(String)

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let flag = try? container.decode(Bool.self) {
                self = .text(String(flag))
            } else if let number = try? container.decode(Int.self) {
                self = .text(String(number))
            } else {
                self = .text(try container.decode(String.self))
            }
        }
    }

    /// The settings in the file at `path`; unknown members are errors, so that a misspelt one does not go unnoticed.
    static func read(_ path: String) throws(SettingError) -> [Setting: String] {
        let scalars: [String: Scalar]
        do {
            scalars = try JSONDecoder().decode([String: Scalar].self, from: Data(contentsOf: URL(filePath: path)))
        } catch let error as DecodingError {
            throw .unreadable(file: path, reason: reason(error))
        } catch {
            throw .unreadable(file: path, reason: error.localizedDescription)
        }
        let settings = Dictionary(uniqueKeysWithValues: Setting.allCases.map { ($0.member, $0) })
        let unknown = scalars.keys.filter { settings[$0] == nil }.sorted()
        guard unknown.isEmpty else { throw .unknownMembers(unknown, file: path) }
        var values = [Setting: String]()
        for case (let name, .text(let text)) in scalars {
            if let setting = settings[name] { values[setting] = text }
        }
        return values
    }

    private static func reason(_ error: DecodingError) -> String {
        switch error {
        case .typeMismatch(_, let context), .valueNotFound(_, let context):
            let name = context.codingPath.last?.stringValue
            return name.map { "\"\($0)\" takes a string, a whole number or a boolean" } ?? "it has to be a JSON object"
        default: return "it is not JSON"
        }
    }
}
