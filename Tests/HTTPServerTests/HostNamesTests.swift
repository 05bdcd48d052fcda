import HTTPServer
import Testing

/// The names a server answers to.
@Suite struct HostNamesTests {
    private static let given = HostNames(["photos.example.org", "192.0.2.7", "2001:db8::7", "[2001:DB8::8]"])

    @Test(arguments: [
        "photos.example.org", "Photos.Example.ORG:8080", "photos.example.org.", "photos.example.org.:80",
        "192.0.2.7:80",
        "[2001:db8::7]", "[2001:DB8::7]:8080", "[2001:db8::8]", "[2001:db8:0:0::7]", "[2001:0db8::0007]:80",
        "localhost", "LOCALHOST:1", "127.0.0.1", "127.3.2.1:80",
        "[::1]:80",
    ])
    func knowsItsOwnAndThoseOfThisMachine(_ authority: String) {
        #expect(Self.given?.contains(authority) == true)
    }

    @Test(arguments: [
        "", "evil.example", "photos.example.org.evil.example", "evil.photos.example.org", "192.0.2.70", "[2001:db8::9]",
        "10.0.0.1",
        "localhost.evil.example", "127.0.0.1.evil.example", "127.0.0.256", "127.1", "[::2]", "127.0.0.+1", "127.+0.0.1",
        "127.0.0.0001", "[::1", "::1]", "[::1]x",
        "[localhost]", "a:b", ":80", "photos.example.org:80:80",
    ])
    func knowsNoOther(_ authority: String) {
        #expect(Self.given?.contains(authority) == false)
        #expect(HostNames([])?.contains(authority) == false)
    }

    @Test(arguments: [
        "", " ", "a b", "[", "[]", "::::", "a:b", "a:80", "http://a", "*", "*.example.org", "a..b", ".", "1:2:3", "[a]",
    ])
    func refusesWhatNoHostIsCalled(_ name: String) {
        #expect(HostNames(["a", name]) == nil)
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
                for (target, status) in [("/", 200), ("http://a/", 200), ("http://evil.example/", 421)] {
                    let old = try RawClient(port: port)
                    #expect(try old.exchange("GET \(target) HTTP/1.0\r\n\r\n").status == status, "\(target)")
                }
            }
        }
    }
}
