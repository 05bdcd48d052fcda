import FeatureAPI
import Foundation

/// The JSON file of settings: one object, each member a string, a whole number or a boolean.
enum ConfigurationFile {
    /// The largest file that is read, in bytes.
    private static let maximumBytes = 1 << 20

    /// The settings in the file at `path`; unknown and repeated members are errors, so that a mistake does not go
    /// unnoticed.
    static func read(_ path: String) throws(SettingError) -> [Setting: String] {
        guard case .object(let members) = try parse(path) else {
            throw .unreadable(file: path, reason: "it has to be a JSON object")
        }
        let settings = Dictionary(uniqueKeysWithValues: Setting.allCases.map { ($0.member, $0) })
        let unknown = members.map(\.name).filter { settings[$0] == nil }.sorted()
        guard unknown.isEmpty else { throw .unknownMembers(unknown, file: path) }
        var values = [Setting: String]()
        for (name, value) in members {
            guard let text = text(of: value) else {
                throw .unreadable(file: path, reason: "\"\(name)\" takes a string, a whole number or a boolean")
            }
            if let setting = settings[name] { values[setting] = text }
        }
        return values
    }

    private static func parse(_ path: String) throws(SettingError) -> JSONValue {
        do {
            let file = try FileHandle(forReadingFrom: URL(filePath: path))
            defer { try? file.close() }
            let data = try file.read(upToCount: maximumBytes + 1) ?? Data()
            guard data.count <= maximumBytes else {
                throw SettingError.unreadable(file: path, reason: "it is larger than \(maximumBytes) bytes")
            }
            return try JSONParser.parse([UInt8](data))
        } catch let error as SettingError {
            throw error
        } catch let error as FeatureAPIError {
            throw .unreadable(file: path, reason: error.detail)
        } catch {
            throw .unreadable(file: path, reason: error.localizedDescription)
        }
    }

    private static func text(of value: JSONValue) -> String? {
        if case .bool(let flag) = value { return String(flag) }
        return value.integer.map { String($0) } ?? value.text
    }
}
