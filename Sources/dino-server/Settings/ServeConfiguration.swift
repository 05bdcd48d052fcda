import Logging

/// The settings of `serve`, checked.
struct ServeConfiguration {
    let threads: Int
    let host: String
    let port: Int
    let maximumBatch: Int
    let maximumQueue: Int
    let maximumQueueBytes: Int
    let logLevel: Logger.Level

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
        let insecure = try values.boolean(.insecure)
        guard insecure || Self.isLoopback(host) else { throw ExposedAddress(host: host) }
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
        "\(host) can be reached from other machines, and this version has no API keys. Bind to 127.0.0.1, or say "
            + "--\(Setting.insecure.flag) (\(Setting.insecure.variable)=true) if everybody who can reach it may use it."
    }
}
