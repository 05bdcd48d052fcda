import FeatureAPI
import HTTPServer
import Logging

/// The settings of `serve`, checked.
struct ServeConfiguration {
    let threads: Int
    let host: String
    let names: HostNames?
    let port: Int
    let maximumBatch: Int
    let maximumQueue: Int
    let maximumQueueBytes: Int
    let logLevel: Logger.Level
    let collection: CollectionConfiguration
    private let adminKey: String

    /// The configuration in `values`, or the first thing wrong with them.
    init(_ values: SettingValues) throws {
        threads = try values.threadCount()
        host = try values.text(.host)
        port = try values.integer(.port, 0...65_535)
        maximumBatch = try values.integer(.maxBatch, 1...256)
        maximumQueue = try values.integer(.maxQueue, 64...65_536)
        maximumQueueBytes = try values.integer(.maxQueueBytes, 1 << 20...1 << 40)
        logLevel = try values.value(of: .logLevel, Logger.Level.allCases.map(\.rawValue).joined(separator: ", ")) {
            Logger.Level(rawValue: $0)
        }
        collection = try CollectionConfiguration(values)
        adminKey = try values.value(of: .adminKey, "nothing, or 16 to 256 characters of ASCII without spaces") {
            let isKey = (16...256).contains($0.utf8.count) && $0.utf8.allSatisfy { (0x21...0x7E).contains($0) }
            return isKey || $0.isEmpty ? $0 : nil
        }
        let insecure = try values.boolean(.insecure)
        guard insecure || HostNames.isLoopback(host) else { throw ExposedAddress(host: host) }
        let given = try values.value(of: .names, "host names or addresses, separated by commas") { text in
            let texts = text.isEmpty ? [] : text.split(separator: ",", omittingEmptySubsequences: false)
            let names = texts.map { $0.trimmingCharacters(in: .whitespaces) }
            return HostNames(names) == nil ? nil : names
        }
        let bound = HostNames([host]) == nil ? [] : [host]
        names = given.isEmpty && !HostNames.isLoopback(host) ? nil : HostNames(given + bound)
    }

    /// Who may use the admin routes.
    var adminAccess: AdminAccess { AdminAccess(key: adminKey, isLoopback: HostNames.isLoopback(host)) }
}

/// An address that others can reach, in a version that cannot tell who asks.
struct ExposedAddress: Error, CustomStringConvertible {
    let host: String

    var description: String {
        "\(host) can be reached from other machines, and this version has no keys for reading or storing. Bind to 127.0.0.1, or say "
            + "--\(Setting.insecure.flag) (\(Setting.insecure.variable)=true) if everybody who can reach it may use it."
    }
}
