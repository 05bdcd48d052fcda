import FeatureAPI
import Foundation
import Testing

/// Answers of the collection count against the bound on memory.
@Suite(.timeLimit(.minutes(1))) struct AnswerRoomTests {
    private let service: CollectionService<FakeExtractor>

    init() throws { service = try CollectionService() }

    private static let bytes = 768 << 20

    @Test(arguments: [
        "/v1/images", "/v1/images?limit=500", "/v1/images/1/embedding", "/v1/images/1/embedding?features=patches",
    ])
    func readingWaitsForRoom(_ path: String) async throws {
        try await service.store(1)
        #expect(try await service.call(.get, path).retained is Reservation)
        let room = Reservation(service.pipeline.admission)
        try room.extend(bytes: Self.bytes - 512)
        let answer = try await service.call(.get, path)
        #expect(answer.status == 429)
        #expect(answer["Retry-After"] != nil)
        room.shrink(toBytes: 0)
        #expect(try await service.call(.get, path).status == 200)
    }

    @Test func longMetadataTakeRoomWhereTheyAreAskedFor() async throws {
        let metadata = "%7B%22a%22:%22\(String(repeating: "x", count: 16_000))%22%7D"
        for value in UInt8(1)...4 { try await service.store(value, query: "?metadata=\(metadata)") }
        let room = Reservation(service.pipeline.admission)
        try room.extend(bytes: Self.bytes - 50_000)
        #expect(try await service.search(["vector": [1, 0, 0], "k": 4]).count == 4)
        let query: [String: Any] = ["vector": [1, 0, 0], "k": 4, "include": ["metadata"]]
        #expect(try await service.call(.post, "/v1/search", json: query).status == 429)
        #expect(try await service.call(.get, "/v1/images?limit=4").status == 429)
        room.shrink(toBytes: 0)
        let hits = try await service.call(.post, "/v1/search", json: query).hits
        #expect(hits.allSatisfy { ($0["metadata"] as? [String: String])?["a"]?.count == 16_000 })
    }
}
