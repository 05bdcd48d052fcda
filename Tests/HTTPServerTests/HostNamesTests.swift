import HTTPServer
import Testing

/// The names a server answers to.
@Suite struct HostNamesTests {
    private static let given = HostNames(["photos.example.org", "192.0.2.7", "2001:db8::7", "[2001:DB8::8]"])

    @Test(arguments: [
        "photos.example.org", "Photos.Example.ORG:8080", "photos.example.org.", "photos.example.org.:80",
        "192.0.2.7:80",
        "[2001:db8::7]", "[2001:DB8::7]:8080", "[2001:db8::8]", "localhost", "LOCALHOST:1", "127.0.0.1", "127.3.2.1:80",
        "[::1]:80",
    ])
    func knowsItsOwnAndThoseOfThisMachine(_ authority: String) {
        #expect(Self.given.contains(authority))
    }

    @Test(arguments: [
        "", "evil.example", "photos.example.org.evil.example", "evil.photos.example.org", "192.0.2.70", "[2001:db8::9]",
        "10.0.0.1",
        "localhost.evil.example", "127.0.0.1.evil.example", "127.0.0.256", "127.1", "[::2]", "photos.example.org:80:80",
    ])
    func knowsNoOther(_ authority: String) {
        #expect(!Self.given.contains(authority))
        #expect(!HostNames([]).contains(authority))
    }

    /// A page of a stranger whose name came to mean this machine is read nothing, whatever it asks for.
    @Test func aStrangersNameIsMisdirected() async throws {
        try await withServer(configure: { $0.names = HostNames(["a"]) }) { port, _ in
            try await offPool {
                let client = try RawClient(port: port)
                for (target, host, status) in [
                    ("GET /", "a", 200), ("GET /", "a:8080", 200), ("GET /", "127.0.0.1:\(port)", 200),
                    ("GET /", "evil.example", 421),
                    ("OPTIONS /", "evil.example", 421), ("GET /nowhere", "evil.example", 421),
                    ("DELETE /", "evil.example", 421),
                    ("GET /livez", "evil.example", 200), ("GET http://evil.example/", "evil.example", 421),
                    ("GET /", "a", 200),
                ] {
                    let answer = try client.exchange("\(target) HTTP/1.1\r\nHost: \(host)\r\n\r\n")
                    #expect(answer.status == status, "\(target) of \(host)")
                    #expect(status == 200 || !answer.text.contains("hello"))
                }
                #expect(try client.exchange("GET / HTTP/1.0\r\n\r\n").status == 200)
            }
        }
    }
}
