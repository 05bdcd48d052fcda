/// The names a server answers to, as clients have them in `Host` (RFC 9110 section 7.2), whatever the port.
///
/// A browser says by which name it looked a server up, and takes all that has one name, scheme and port for one origin. A stranger's
/// page can let its own name lead to the reader's machine once it is loaded ("DNS rebinding"), and then read every answer of a
/// server there. The name gives it away.
public struct HostNames: Sendable {
    private let names: Set<Substring>

    /// Some names or addresses, IPv6 ones with or without brackets, besides those that always mean this machine.
    public init(_ names: [String]) {
        self.names = Set(
            names.map { name in
                let isBareIPv6 = name.utf8.count(where: { $0 == UInt8(ascii: ":") }) > 1 && !name.hasPrefix("[")
                return Self.host(of: isBareIPv6 ? "[\(name)]" : name)
            })
    }

    /// Whether a host with an optional port (RFC 3986 section 3.2) is one of them, or always means this machine.
    public func contains(_ authority: String) -> Bool {
        let host = Self.host(of: authority)
        return names.contains(host) || Self.isLoopback(host)
    }

    /// Whether a host with an optional port always means this machine: `localhost`, 127.0.0.0/8 or `[::1]`.
    public static func isLoopback(authority: String) -> Bool { isLoopback(host(of: authority)) }

    private static func isLoopback(_ host: Substring) -> Bool {
        let octets = host.split(separator: ".", omittingEmptySubsequences: false)
        return host == "localhost" || host == "[::1]"
            || octets.count == 4 && octets[0] == "127" && octets.allSatisfy { UInt8($0) != nil }
    }

    /// The host in small letters, without its port and the dot that ends a full name.
    private static func host(of authority: String) -> Substring {
        var host = authority.lowercased()[...]
        if let colon = host.lastIndex(of: ":"), host[colon...].dropFirst().utf8.allSatisfy({ $0 &- 48 < 10 }) {
            host = host[..<colon]
        }
        return host.last == "." ? host.dropLast() : host
    }
}
