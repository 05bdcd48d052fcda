import FeatureAPI
import Foundation
import Testing

@Suite(.timeLimit(.minutes(2))) struct SearchRouteTests {
    private let service: CollectionService<FakeExtractor>

    init() throws { service = try CollectionService() }

    private func base64(_ value: UInt8) -> String { Data(FakeExtractor.image(value)).base64EncodedString() }

    private func storeSix() async throws {
        for value in UInt8(1)...6 {
            let label = value <= 3 ? "low" : "high"
            try await service.store(
                value,
                query:
                    "?label=\(label)&name=\(value).jpg&metadata=%7B%22value%22:\(value),%22odd%22:\(value % 2 == 1)%7D")
        }
    }

    @Test func findsTheNearestByAnImageInEveryForm() async throws {
        try await storeSix()
        let raw = try await service.call(.post, "/v1/search?k=2", FakeExtractor.image(4), type: "image/jpeg")
        let hits = try raw.hits
        #expect(hits.compactMap { $0["id"] as? Int } == [4, 5])
        #expect(abs((hits[0]["score"] as? Double ?? 0) - 1) < 1e-6)
        #expect(hits[0]["label"] as? String == "high")
        #expect(hits[0]["name"] as? String == "4.jpg")
        #expect(hits[0]["metadata"] == nil)
        let json = try raw.json
        #expect(json["exact"] as? Bool == true)
        #expect(json["fingerprint"] as? String == service.extractor.model.fingerprint)
        #expect(json["searched"] as? Int == 6)
        #expect(json["notes"] as? [String] == [])
        #expect((json["timing"] as? [String: Double])?["search_ms"] != nil)
        #expect(try await service.search(["image": base64(4), "k": 2]) == [4, 5])
        var form = Array("--x\r\nContent-Disposition: form-data; name=k\r\n\r\n2\r\n".utf8)
        form += Array("--x\r\nContent-Disposition: form-data; name=image; filename=a.jpg\r\n\r\n".utf8)
        form += FakeExtractor.image(4) + Array("\r\n--x--\r\n".utf8)
        let answer = try await service.call(.post, "/v1/search", form, type: "multipart/form-data; boundary=x")
        #expect(try answer.hits.compactMap { $0["id"] as? Int } == [4, 5])
    }

    @Test func aStoredImageIsNoAnswerToItself() async throws {
        try await storeSix()
        #expect(try await service.search(["id": 4, "k": 2]) == [5, 3])
        #expect(try await service.search(["id": 4, "k": 100]).count == 5)
    }

    @Test func takesVectorsOfAnyLengthAsNumbersAndBase64() async throws {
        try await storeSix()
        #expect(try await service.search(["vector": [40, 10, 0], "k": 1]) == [4])
        let bytes = [Float(40), 10, 0].withUnsafeBytes { Data($0) }
        #expect(try await service.search(["vector": bytes.base64EncodedString(), "k": 1]) == [4])
    }

    @Test func combinesQueriesByTheirWeights() async throws {
        try await storeSix()
        // Of the directions of 1 and 6 the mean is that of about 2.
        #expect(try await service.search(["queries": [["id": 1], ["vector": [6, 1, 0]]], "k": 1]) == [2])
        #expect(
            try await service.search(["queries": [["id": 1, "weight": 9], ["image": base64(6)]], "k": 1]) == [2])
        let away: [[String: Any]] = [["vector": [1, 0, 0]], ["vector": [0, 1, 0], "weight": -1]]
        #expect(try await service.search(["queries": away, "k": 1]) == [6])
        let none = try await service.call(
            .post, "/v1/search", json: ["queries": [["vector": [1, 0, 0]], ["vector": [-1, 0, 0]]]])
        #expect(none.status == 400)
        #expect(try none.problem == "invalid-vector")
    }

    @Test func answersSeparateSearchesTogether() async throws {
        try await storeSix()
        let searches: [[String: Any]] = [["id": 1], ["vector": [1, 0, 0]], ["image": base64(3)]]
        let answer = try await service.call(.post, "/v1/search", json: ["searches": searches, "k": 2] as [String: Any])
        let results = try #require(try answer.json["results"] as? [[String: Any]])
        #expect(results.map { $0["index"] as? Int } == [0, 1, 2])
        let hits = results.map { ($0["hits"] as? [[String: Any]])?.compactMap { $0["id"] as? Int } }
        #expect(hits == [[2, 3], [6, 5], [3, 4]])
    }

    @Test func filtersByLabelAndMetadata() async throws {
        try await storeSix()
        let unlabelled = try await service.store(9)
        func search(_ filter: [String: Any]) async throws -> [Int] {
            try await service.search(["vector": [1, 0, 0], "filter": filter, "k": 100]).sorted()
        }
        #expect(try await search(["label": "low"]) == [1, 2, 3])
        #expect(try await search(["label": ["low", "high"]]) == [1, 2, 3, 4, 5, 6])
        #expect(try await search(["label": NSNull()]) == [unlabelled])
        #expect(try await search(["metadata": ["value": 2]]) == [2])
        #expect(try await search(["metadata": ["value": [2, 5]]]) == [2, 5])
        #expect(try await search(["metadata": ["value": ["gte": 2, "lt": 5]]]) == [2, 3, 4])
        #expect(try await search(["label": "low", "metadata": ["odd": true]]) == [1, 3])
        #expect(try await search(["metadata": ["value": ["exists": false]]]) == [unlabelled])
        #expect(try await search([:]).count == 7)
    }

    @Test func saysWhatInAFilterNoImageHas() async throws {
        try await storeSix()
        let answer = try await service.call(
            .post, "/v1/search",
            json: ["vector": [1, 0, 0], "filter": ["label": "cow", "metadata": ["iso": 5]]] as [String: Any])
        #expect(try answer.hits.isEmpty)
        let notes = try #require(try answer.json["notes"] as? [String])
        #expect(notes.count == 2)
        #expect(notes.contains { $0.contains("cow") } && notes.contains { $0.contains("iso") })
    }

    @Test func findsObjectsAndArraysByWhetherTheyAreThere() async throws {
        let id = try await service.store(1, query: "?metadata=%7B%22gps%22:%7B%22lat%22:1%7D,%22arr%22:%5B1%5D%7D")
        for name in ["gps", "arr", "gps.lat"] {
            let answer = try await service.call(
                .post, "/v1/search",
                json: ["vector": [1, 0, 0], "filter": ["metadata": [name: ["exists": true]]]] as [String: Any])
            #expect(try answer.hits.map { $0["id"] as? Int } == [id])
            #expect((try answer.json["notes"] as? [String] ?? []).isEmpty)
        }
    }

    @Test func whatLiesInARangeExists() async throws {
        try await storeSix()
        func search(_ test: [String: Any]) async throws -> [Int] {
            try await service.search(["vector": [1, 0, 0], "k": 10, "filter": ["metadata": ["value": test]]])
        }
        let ids = try await search(["gte": 3])
        #expect(!ids.isEmpty)
        #expect(try await search(["gte": 3, "exists": true]) == ids)
        let refused = try await service.call(
            .post, "/v1/search",
            json: ["id": 1, "filter": ["metadata": ["value": ["gte": 3, "exists": false]]]] as [String: Any])
        #expect(refused.status == 400)
        #expect(try refused.problem == "invalid-filter")
        #expect((try refused.json["detail"] as? String)?.contains("does not exist") == true)
    }

    @Test func leavesOutWhatIsBelowTheLowestScore() async throws {
        try await storeSix()
        #expect(try await service.search(["vector": [1, 1, 0], "min_score": 0.99]) == [1])
    }

    @Test func saysMoreAboutHitsWhereItIsAsked() async throws {
        try await storeSix()
        let answer = try await service.call(
            .post, "/v1/search", json: ["id": 1, "include": ["metadata", "file", "times"]] as [String: Any])
        let hit = try #require(try answer.hits.first)
        #expect((hit["metadata"] as? [String: Any])?["value"] as? Int == 2)
        #expect(hit["width"] as? Int == 30)
        #expect(hit["created_at"] != nil)
    }

    @Test(arguments: [
        (#"{"vector": [1, 0]}"#, 400, "invalid-vector"), (#"{"vector": [0, 0, 0]}"#, 400, "invalid-vector"),
        (#"{"vector": [1e300, 0, 0]}"#, 400, "invalid-vector"), (#"{"vector": [1, "a", 0]}"#, 400, "invalid-vector"),
        (#"{"vector": "AAAA"}"#, 400, "invalid-vector"), (#"{"vector": "AADAfwAAAAAAAAAA"}"#, 400, "invalid-vector"),
        (#"{"vector": [NaN, 0, 0]}"#, 400, "malformed-body"), (#"{"vector": {}}"#, 400, "invalid-vector"),
        (#"{"id": 77}"#, 404, "unknown-image"), (#"{"id": 1.5}"#, 400, "invalid-option"),
        (#"{"id": -1}"#, 400, "invalid-option"), (#"{"id": 9007199254740992}"#, 404, "unknown-image"),
        (#"{"id": 1, "k": 0}"#, 400, "invalid-option"), (#"{"id": 1, "k": 1000000000}"#, 400, "invalid-option"),
        (#"{"id": 1, "k": "3"}"#, 400, "invalid-option"), (#"{"id": 1, "min_score": 2}"#, 400, "invalid-option"),
        (#"{"id": 1, "vector": [1, 0, 0]}"#, 400, "malformed-body"), (#"{}"#, 400, "malformed-body"),
        (#"{"id": 1, "top": 5}"#, 400, "unknown-option"), (#"{"id": 1, "include": "all"}"#, 400, "invalid-option"),
        (#"{"queries": []}"#, 400, "malformed-body"),
        (#"{"queries": [{"id": 1, "weight": 0}]}"#, 400, "invalid-option"),
        (#"{"searches": []}"#, 400, "malformed-body"), (#"{"searches": [{"id": 1}], "id": 1}"#, 400, "malformed-body"),
        (#"{"id": 1, "filter": {"labels": "a"}}"#, 400, "invalid-filter"),
        (#"{"id": 1, "filter": {"metadata": {"a": {"gte": 1, "gt": 2}}}}"#, 400, "invalid-filter"),
        (#"{"id": 1, "filter": {"metadata": {"a": {"gte": 1, "lt": "b"}}}}"#, 400, "invalid-filter"),
        (#"{"id": 1, "filter": {"metadata": {"a": null}}}"#, 400, "invalid-filter"),
        (#"{"id": 1, "filter": {"metadata": {"a": {"exists": 1}}}}"#, 400, "invalid-filter"),
        (#"{"id": 1, "filter": {"metadata": {"a": {}}}}"#, 400, "invalid-filter"),
        (#"{"id": 1, "filter": {"label": []}}"#, 400, "invalid-filter"),
        (#"{"id": 1, "fingerprint": "other"}"#, 409, "other-model"),
        (#"{"image": "AAAA"}"#, 415, "unknown-image-format"),
    ])
    func refusesSearchesThatCannotBe(_ json: String, _ status: Int, _ problem: String) async throws {
        try await service.store(1)
        let answer = try await service.call(.post, "/v1/search", Array(json.utf8), type: "application/json")
        #expect(answer.status == status)
        #expect(try answer.problem == problem)
    }

    @Test func saysWhichOfManySearchesIsAtFault() async throws {
        try await service.store(1)
        let answer = try await service.call(
            .post, "/v1/search", json: ["searches": [["id": 1], ["vector": [1, 0]]]])
        #expect(answer.status == 400)
        #expect(try answer.json["index"] as? Int == 1)
        let many = try await service.call(
            .post, "/v1/search", json: ["searches": [[String: Int]](repeating: ["id": 1], count: 17), "k": 1000])
        #expect(many.status == 413)
        let queries = try await service.call(
            .post, "/v1/search", json: ["searches": [[String: Int]](repeating: ["id": 1], count: 257)])
        #expect(queries.status == 400)
    }

    @Test func anEmptyCollectionHasNoHits() async throws {
        #expect(try await service.search(["vector": [1, 0, 0]]) == [])
    }

    @Test func anInsertIsSeenByTheNextSearchWhileOthersWriteAndRemove() async throws {
        try await withThrowingTaskGroup { group in
            for writer in 0..<4 {
                group.addTask { [service] in
                    for round in 0..<5 {
                        let value = UInt8(1 + writer * 5 + round)
                        let id = try await service.store(value)
                        let found = try await service.search(["vector": [Int(value), 1, 0], "k": 1])
                        #expect(found == [id])
                        if round.isMultiple(of: 2) {
                            #expect(try await service.call(.delete, "/v1/images/\(id)").status == 204)
                            #expect(try await service.search(["vector": [Int(value), 1, 0], "k": 1]) != [id])
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
        let left = try await service.call(.get, "/v1/images?limit=500").ids
        #expect(left.count == 8)
        #expect(try await service.search(["vector": [1, 0, 0], "k": 1000]).sorted() == left)
    }

    @Test func withAnotherModelStoredVectorsAreSearchedAndImagesRefused() async throws {
        try await storeSix()
        try service.close()
        let change = try CollectionService(OtherExtractor(), in: service.folder)
        #expect(try await change.search(["id": 4, "k": 2]) == [5, 3])
        #expect(try await change.search(["vector": [1, 0, 0], "k": 1]) == [6])
        let refused = try await change.call(.post, "/v1/search", FakeExtractor.image(4), type: "image/jpeg")
        #expect(refused.status == 409)
        #expect(try refused.problem == "other-model")
        #expect((try refused.json["detail"] as? String)?.contains("reindex") == true)
        let stored = try await change.call(.post, "/v1/images", FakeExtractor.image(9), type: "image/jpeg")
        #expect(stored.status == 201)
        #expect(try stored.json["searchable"] as? Bool == false)
        let id = try #require(try stored.json["id"] as? Int)
        let lacking = try await change.call(.post, "/v1/search", json: ["id": id])
        #expect(lacking.status == 409)
        #expect(try lacking.problem == "not-embedded")
        #expect(try await change.search(["vector": [1, 0, 0], "k": 100]).count == 6)
    }
}
