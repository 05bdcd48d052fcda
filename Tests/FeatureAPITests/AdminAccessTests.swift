import FeatureAPI
import HTTPServer
import HTTPTypes
import Testing

@Suite struct AdminAccessTests {
    private func request(_ authorizations: String...) -> ServerRequest {
        var fields = HTTPFields()
        for text in authorizations { fields.append(HTTPField(name: .authorization, value: text)) }
        return ServerRequest(method: .post, path: "/v1/jobs", headerFields: fields)
    }

    private func request(host: String?, origin: String? = nil) throws -> ServerRequest {
        var fields = HTTPFields()
        fields[try #require(HTTPField.Name("Host"))] = host
        fields[try #require(HTTPField.Name("Origin"))] = origin
        return ServerRequest(method: .post, path: "/v1/jobs", headerFields: fields)
    }

    private func kind(_ access: AdminAccess, _ request: ServerRequest) -> FeatureAPIError.Kind? {
        do throws(FeatureAPIError) {
            try access.check(request)
            return nil
        } catch {
            return error.kind
        }
    }

    @Test func withoutAKeyOnlyLoopbackIsServed() {
        #expect(kind(AdminAccess(key: "", isLoopback: true), request()) == nil)
        #expect(kind(AdminAccess(key: "", isLoopback: true), request("Bearer whatever")) == nil)
        #expect(kind(AdminAccess(key: "", isLoopback: false), request()) == .adminOnly)
        #expect(kind(AdminAccess(key: "", isLoopback: false), request("Bearer ")) == .adminOnly)
    }

    @Test(arguments: [
        "localhost", "LOCALHOST:8080", "127.0.0.1", "127.0.0.1:8080", "127.1.2.3:80", "[::1]", "[::1]:8080",
    ])
    func withoutAKeyThisMachineIsServedUnderItsOwnNames(_ host: String) throws {
        let access = AdminAccess(key: "", isLoopback: true)
        #expect(kind(access, try request(host: host)) == nil)
        #expect(kind(access, try request(host: host, origin: "http://\(host)")) == nil)
        #expect(kind(access, try request(host: host, origin: "null")) == .adminOnly)
        #expect(kind(access, try request(host: host, origin: "http://evil.example")) == .adminOnly)
        #expect(kind(access, try request(host: host, origin: "http://localhost:3000")) == .adminOnly)
        #expect(kind(AdminAccess(key: "", isLoopback: false), try request(host: host)) == .adminOnly)
    }

    @Test(arguments: [
        "evil.example", "evil.example:8080", "localhost.evil.example", "127.0.0.1.evil.example", "10.0.0.1", "[::2]",
        "::1",
        "", "127.0.0.256", "127.0.0.+1",
    ])
    func withoutAKeyANameThatLeadsHereIsNotEnough(_ host: String) throws {
        #expect(kind(AdminAccess(key: "", isLoopback: true), try request(host: host)) == .adminOnly)
        #expect(
            kind(AdminAccess(key: "", isLoopback: true), try request(host: host, origin: "http://\(host)"))
                == .adminOnly)
    }

    @Test(arguments: [true, false]) func withAKeyItIsWanted(isLoopback: Bool) {
        let access = AdminAccess(key: "0123456789abcdef", isLoopback: isLoopback)
        #expect(kind(access, request("Bearer 0123456789abcdef")) == nil)
        #expect(kind(access, request("bearer  0123456789abcdef")) == nil)
        for wrong in [
            "Bearer 0123456789abcde", "Bearer 0123456789abcdef0", "Bearer", "Bearer ", "0123456789abcdef",
            "Basic 0123456789abcdef", "Bearer 0123456789ABCDEF", "",
        ] {
            #expect(kind(access, request(wrong)) == .unauthorized, "\(wrong)")
        }
        #expect(kind(access, request()) == .unauthorized)
        let good = "Bearer 0123456789abcdef"
        #expect(kind(access, request(good, good)) == .unauthorized)
    }

    @Test func a401SaysHowToAuthenticate() {
        let response = FeatureAPIError(.unauthorized, "No.").response
        #expect(response.status == .unauthorized)
        #expect(response.headerFields[.wwwAuthenticate] == "Bearer")
    }
}
