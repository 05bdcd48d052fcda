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
        guard insecure || Self.isLoopback(host) else { throw ExposedAddress(host: host) }
        let given = try values.value(of: .names, "host names or addresses, separated by commas") { text in
            guard !text.isEmpty else { return [] }
            let names = text.split(separator: ",", omittingEmptySubsequences: false).map {
                $0.trimmingCharacters(in: .whitespaces)
            }
            return names.allSatisfy(Self.isName) ? names : nil
        }
        names = given.isEmpty && !Self.isLoopback(host) ? nil : HostNames(given + [host])
    }

    /// Who may use the admin routes.
    var adminAccess: AdminAccess { AdminAccess(key: adminKey, isLoopback: Self.isLoopback(host)) }

    private static func isName(_ text: String) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { byte in
                (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
                    || "-._:[]".utf8.contains(byte)
            }
    }

    /// Whether only this machine can reach `host`.
    private static func isLoopback(_ host: String) -> Bool {
        let octets = host.split(separator: ".", omittingEmptySubsequences: false)
        return host == "localhost" || host == "::1"
            || octets.count == 4 && octets[0] == "127" && octets.allSatisfy { UInt8($0) != nil }
    }
}

/// An address that others can reach, in a version that cannot tell who asks.
struct ExposedAddress: Error, CustomStringConvertible {
    let host: String

    var description: String {
        "\(host) can be reached from other machines, and this version has no keys for reading or storing. Bind to 127.0.0.1, or say "
            + "--\(Setting.insecure.flag) (\(Setting.insecure.variable)=true) if everybody who can reach it may use it."
    }
}
