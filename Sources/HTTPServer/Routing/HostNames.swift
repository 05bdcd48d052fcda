internal import Glibc

/// The names a server answers to, as clients have them in `Host` (RFC 9110 section 7.2), whatever the port.
///
/// A browser says by which name it looked a server up, and takes all that has one name, scheme and port for one origin. A stranger's
/// page can let its own name lead to the reader's machine once it is loaded ("DNS rebinding"), and then read every answer of a
/// server there. The name gives it away. Other programs may say any name; they are not whom this is for.
public struct HostNames: Sendable {
    private let names: Set<String>

    /// Some names or addresses, besides those that always mean this machine; nil where one is no name and no address.
    public init?(_ names: [String]) {
        let canonical = names.compactMap(Self.canonical)
        guard canonical.count == names.count else { return nil }
        self.names = Set(canonical)
    }

    /// Whether a host with an optional port (RFC 3986 section 3.2) is one of them, or always means this machine.
    public func contains(_ authority: String) -> Bool {
        guard let host = Self.host(of: authority) else { return false }
        return names.contains(host) || Self.isLoopback(canonical: host)
    }

    /// Whether a name or address always means this machine: `localhost`, 127.0.0.0/8 or `::1`.
    public static func isLoopback(_ name: String) -> Bool { canonical(name).map(isLoopback(canonical:)) ?? false }

    /// The same of a host with an optional port.
    public static func isLoopback(authority: String) -> Bool {
        host(of: authority).map(isLoopback(canonical:)) ?? false
    }

    private static func isLoopback(canonical host: String) -> Bool {
        host == "localhost" || host == "[::1]" || isIPv4(host) && host.hasPrefix("127.")
    }

    /// The host without its port, in one spelling.
    private static func host(of authority: String) -> String? {
        let end = authority.firstIndex(of: "]").map(authority.index(after:)) ?? authority.startIndex
        guard let colon = authority[end...].firstIndex(of: ":") else {
            return authority.hasPrefix("[") || !authority.contains("]") ? canonical(authority) : nil
        }
        guard authority[colon...].dropFirst().utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        let host = String(authority[..<colon])
        return host.contains(":") && !host.hasPrefix("[") ? nil : canonical(host)
    }

    /// One spelling of a name or address: in small letters, without the dot that ends a full name, IPv6 in brackets and short
    /// (RFC 5952).
    private static func canonical(_ name: String) -> String? {
        if name.contains(":") {
            let isBracketed = name.hasPrefix("[") && name.hasSuffix("]")
            return shortIPv6(isBracketed ? String(name.dropFirst().dropLast()) : name).map { "[\($0)]" }
        }
        let labels = name.lowercased().split(separator: ".", omittingEmptySubsequences: false)
        let kept = labels.count > 1 && labels.last == "" ? labels.dropLast() : labels[...]
        let isName = kept.allSatisfy { label in
            !label.isEmpty
                && label.utf8.allSatisfy {
                    (0x30...0x39).contains($0) || (0x61...0x7A).contains($0) || $0 == UInt8(ascii: "-")
                        || $0 == UInt8(ascii: "_")
                }
        }
        return isName ? kept.joined(separator: ".") : nil
    }

    private static func isIPv4(_ host: String) -> Bool {
        var address = in_addr()
        return inet_pton(AF_INET, host, &address) == 1
    }

    private static func shortIPv6(_ text: String) -> String? {
        var address = in6_addr(), short = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        guard inet_pton(AF_INET6, text, &address) == 1,
            inet_ntop(AF_INET6, &address, &short, socklen_t(short.count)) != nil
        else { return nil }
        return String(decoding: short.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
