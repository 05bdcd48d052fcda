import FeatureAPI
import HTTPServer
import HTTPTypes
import Testing

@Suite(.timeLimit(.minutes(1))) struct PageOriginTests {
    private let service: CollectionService<FakeExtractor>
    init() throws { service = try CollectionService() }

    @Test(arguments: [
        ["Host": "photos.example", "Origin": "https://evil.example"], ["Host": "localhost:8080", "Origin": "null"],
        ["Host": "localhost:8080", "Origin": "http://localhost:3000"], ["Origin": "http://localhost"],
        ["Host": "localhost", "Sec-Fetch-Site": "cross-site"], ["Host": "localhost", "Sec-Fetch-Site": "same-site"],
        ["Host": "localhost", "Origin": "http://localhost", "Sec-Fetch-Site": "cross-site"],
    ])
    func anotherSitesPageChangesNothing(_ fields: [String: String]) async throws {
        let id = try await service.store(1)
        let answer = try await service.call(.delete, "/v1/images/\(id)", fields: fields)
        #expect(answer.status == 403)
        #expect(try answer.problem == "foreign-page")
        #expect(try await service.call(.get, "/v1/images/\(id)", fields: fields).status == 200)
    }

    @Test(arguments: [
        [:], ["Host": "photos.example", "Origin": "https://photos.example"],
        ["Host": "127.0.0.1:8080", "Origin": "http://127.0.0.1:8080"],
        ["Host": "127.0.0.1:8080", "Origin": "https://photos.example", "Sec-Fetch-Site": "same-origin"],
        ["Host": "localhost", "Sec-Fetch-Site": "none"],
    ])
    func itsOwnPageAndOtherProgramsDo(_ fields: [String: String]) async throws {
        let id = try await service.store(1)
        #expect(try await service.call(.delete, "/v1/images/\(id)", fields: fields).status == 204)
    }
}
