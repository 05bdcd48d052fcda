import FeatureAPI
import Foundation
import Testing

@Suite(.timeLimit(.minutes(2))) struct ImageRouteTests {
    private let service: CollectionService<FakeExtractor>
    private let image = FakeExtractor.image(1)

    init() throws { service = try CollectionService() }

    private func post(_ body: [UInt8], _ query: String = "") async throws -> Answer {
        try await service.call(.post, "/v1/images\(query)", body, type: "image/jpeg")
    }

    @Test func storesAnImageAndSaysWhereItIs() async throws {
        let answer = try await post(image, "?label=cat&name=a.jpg&metadata=%7B%22year%22:2020%7D")
        #expect(answer.status == 201)
        #expect(answer["Location"] == "/v1/images/1")
        let json = try answer.json
        #expect(json["status"] as? String == "created")
        #expect(json["searchable"] as? Bool == true)
        #expect(json["label"] as? String == "cat")
        #expect(json["name"] as? String == "a.jpg")
        #expect(json["metadata"] as? [String: Int] == ["year": 2020])
        #expect(json["content_hash"] as? String == ImageIngest.contentHash(image))
        let read = try await service.call(.get, "/v1/images/1")
        #expect(read["ETag"] == answer["ETag"])
        #expect(try read.json["bytes"] as? Int == image.count)
        #expect((try read.json["created_at"] as? String)?.hasSuffix("Z") == true)
    }

    @Test func theSameContentIsStoredOnce() async throws {
        let first = try await post(image)
        let second = try await post(image, "?label=cat")
        #expect((first.status, second.status) == (201, 200))
        #expect(try second.json["id"] as? Int == 1)
        #expect(try second.json["label"] as? String == "cat")
        let third = try await post(image, "?label=dog")
        #expect(try third.json["label"] as? String == "cat")
        #expect(service.extractor.batches.count == 1)
        #expect(try await service.call(.get, "/v1/images").ids == [1])
    }

    @Test func storesManyAndReportsEach() async throws {
        let images: [[String: Any]] = [
            ["image": Data(image).base64EncodedString(), "label": "cat", "key": "one"],
            ["image": Data(FakeExtractor.image(0)).base64EncodedString()],
            ["image": Data(image).base64EncodedString(), "key": "with/slash"],
            ["image": Data(FakeExtractor.image(2)).base64EncodedString(), "metadata": ["a": ["b": true]]],
            ["image": Data(FakeExtractor.image(2)).base64EncodedString()],
        ]
        let answer = try await service.call(.post, "/v1/images", json: ["images": images, "label": "dog"])
        #expect(answer.status == 200)
        let items = try answer.items
        #expect(items.map { $0["status"] as? String } == ["created", "error", "error", "created", "existing"])
        #expect(items.map { $0["label"] as? String } == ["cat", nil, nil, "dog", "dog"])
        let errors = items.map { ($0["error"] as? [String: Any])?["status"] as? Int }
        #expect(errors == [nil, 422, 400, nil, nil])
        #expect(try await service.call(.get, "/v1/images?key=one").ids.count == 1)
    }

    @Test func whereNoImageIsGoodTheRequestFails() async throws {
        let bad = ["image": Data(FakeExtractor.image(0)).base64EncodedString()]
        let answer = try await service.call(.post, "/v1/images", json: ["images": [bad, bad]])
        #expect(answer.status == 422)
        #expect(try answer.json["index"] as? Int == 0)
    }

    @Test func storesAFormUnderTheNamesOfItsFiles() async throws {
        var body = ""
        for (name, value) in [("a.jpg", "QQ"), ("b.jpg", "RR")] {
            body += "--x\r\nContent-Disposition: form-data; name=image; filename=\(name)\r\n\r\n\(value)\r\n"
        }
        body += "--x\r\nContent-Disposition: form-data; name=metadata\r\n\r\n{\"a\": 1}\r\n--x--\r\n"
        var bytes = Array(body.utf8)
        for (mark, value) in [("QQ", UInt8(3)), ("RR", UInt8(4))] {
            let start = try #require(bytes.firstRange(of: Array(mark.utf8)))
            bytes.replaceSubrange(start, with: FakeExtractor.image(value))
        }
        let answer = try await service.call(
            .post, "/v1/images", bytes, type: "multipart/form-data; boundary=x")
        #expect(answer.status == 200)
        #expect(try answer.items.map { $0["name"] as? String } == ["a.jpg", "b.jpg"])
        #expect(try answer.items.allSatisfy { $0["metadata"] as? [String: Int] == ["a": 1] })
    }

    @Test(arguments: [
        ("?label=%01", 400, "invalid-label"), ("?label=", 400, "invalid-label"),
        ("?metadata=5", 400, "invalid-metadata"),
        ("?metadata=%7B%22a%22:1,%22a%22:2%7D", 400, "malformed-body"), ("?size=8", 400, "unknown-option"),
        ("?label=a&label=b", 400, "invalid-option"), ("?metadata=%7B%22a%22:1e300%7D", 400, "invalid-metadata"),
        ("?metadata=%7B%22a%22:9007199254740993%7D", 400, "invalid-metadata"),
        ("?metadata=%7B%22a%22:%5B-9007199254740993%5D%7D", 400, "invalid-metadata"),
        ("?name=\(String(repeating: "n", count: 256))", 400, "invalid-name"),
        ("?metadata=%7B%22a%22:%22\(String(repeating: "x", count: 16 << 10))%22%7D", 413, "metadata-too-large"),
    ])
    func refusesWhatCannotBeSaidAboutAnImage(_ query: String, _ status: Int, _ problem: String) async throws {
        let answer = try await post(image, query)
        #expect(answer.status == status)
        #expect(try answer.problem == problem)
        #expect(try service.store.count() == 0)
    }

    @Test func putsUnderAKeyAndReplacesOtherContent() async throws {
        func put(_ value: UInt8, _ query: String = "", _ fields: [String: String] = [:]) async throws -> Answer {
            try await service.call(
                .put, "/v1/images/photo-1\(query)", FakeExtractor.image(value), type: "image/jpeg", fields: fields)
        }
        let created = try await put(1, "?label=cat")
        #expect(created.status == 201)
        let same = try await put(1, "?label=dog")
        #expect(same.status == 200)
        #expect(try same.json["label"] as? String == "dog")
        #expect(try same.json["id"] as? Int == 1)
        let exists = try await put(2, "", ["If-None-Match": "*"])
        #expect(exists.status == 412)
        let stale = try await put(2, "", ["If-Match": created["ETag"] ?? ""])
        #expect(stale.status == 412)
        #expect(service.extractor.batches.count == 1)
        let replaced = try await put(2, "", ["If-Match": same["ETag"] ?? ""])
        #expect(replaced.status == 201)
        #expect(try replaced.json["status"] as? String == "replaced")
        let id = try #require(try replaced.json["id"] as? Int)
        #expect(try await service.call(.get, "/v1/images").ids == [id])
        #expect(try await service.call(.get, "/v1/images/1").status == 404)
        #expect(try await service.search(["vector": [1, 0, 0]]) == [id])
    }

    @Test(arguments: [17_000, 40_000, 100_000])
    func refusesMetadataOfAnyLengthInAFormForTheirLength(_ count: Int) async throws {
        let metadata = "{\"a\": \"\(String(repeating: "x", count: count))\"}"
        var body = "--x\r\nContent-Disposition: form-data; name=metadata\r\n\r\n\(metadata)\r\n"
        body += "--x\r\nContent-Disposition: form-data; name=image; filename=a.jpg\r\n\r\n"
        let answer = try await service.call(
            .post, "/v1/images", Array(body.utf8) + image + Array("\r\n--x--\r\n".utf8),
            type: "multipart/form-data; boundary=x")
        #expect(answer.status == 413)
        #expect(try answer.problem == "metadata-too-large")
        #expect(try service.store.count() == 0)
    }

    @Test(arguments: ["a%2Fb", "%01", "17", String(repeating: "k", count: 257)])
    func refusesAKeyThatCannotStandInAPath(_ key: String) async throws {
        let answer = try await service.call(.put, "/v1/images/\(key)", image, type: "image/jpeg")
        #expect(answer.status == 400)
        #expect(try answer.problem == "invalid-key")
        #expect(try service.store.count() == 0)
        for key in [key, ""] {
            #expect(try await service.call(.get, "/v1/images?key=\(key)").problem == "invalid-key")
        }
    }

    @Test func ofTwoWritersOnOneKeyTheLastStays() async throws {
        try await withThrowingTaskGroup { group in
            for value in UInt8(1)...20 {
                group.addTask { [service] in
                    try await service.call(.put, "/v1/images/k", FakeExtractor.image(value), type: "image/jpeg").status
                }
            }
            for try await status in group { #expect(status == 201) }
        }
        let ids = try await service.call(.get, "/v1/images").ids
        #expect(ids.count == 1)
        #expect(try await service.search(["vector": [1, 0, 0], "k": 100]) == ids)
    }

    @Test func ofManyWritersThatWantAKeyToBeNewOneWins() async throws {
        let statuses = try await withThrowingTaskGroup { group in
            for value in UInt8(1)...8 {
                group.addTask { [service] in
                    try await service.call(
                        .put, "/v1/images/k", FakeExtractor.image(value), type: "image/jpeg",
                        fields: ["If-None-Match": "*"]
                    ).status
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(statuses.sorted() == [201] + [Int](repeating: 412, count: 7))
    }

    @Test func changesLabelMetadataAndKey() async throws {
        try await service.store(1, query: "?label=cat&metadata=%7B%22a%22:1,%22b%22:%7B%22c%22:2%7D%7D")
        let before = try await service.call(.get, "/v1/images/1")
        let answer = try await service.call(
            .patch, "/v1/images/1",
            json: ["label": NSNull(), "metadata": ["a": NSNull(), "b": ["d": 3]], "key": "new"] as [String: Any],
            fields: ["If-Match": before["ETag"] ?? ""])
        #expect(answer.status == 200)
        #expect(answer["ETag"] != before["ETag"])
        let json = try answer.json
        #expect(json["label"] is NSNull)
        #expect(json["key"] as? String == "new")
        #expect(json["metadata"] as? [String: [String: Int]] == ["b": ["c": 2, "d": 3]])
        let stale = try await service.call(
            .patch, "/v1/images/1", json: ["label": "dog"], fields: ["If-Match": before["ETag"] ?? ""])
        #expect(stale.status == 412)
        #expect(try await service.search(["vector": [1, 0, 0], "filter": ["label": NSNull()]]) == [1])
    }

    @Test func refusesAKeyThatAnotherImageHas() async throws {
        let one = try await service.call(.put, "/v1/images/taken", image, type: "image/jpeg")
        #expect(one.status == 201)
        let id = try await service.store(2)
        let answer = try await service.call(.patch, "/v1/images/\(id)", json: ["key": "taken"])
        #expect(answer.status == 409)
        #expect(try answer.problem == "key-taken")
    }

    @Test(arguments: [
        (#"{"width": 5}"#, 400), (#"[]"#, 400), (#""#, 400), (#"{"label": 5}"#, 400), (#"{"metadata": 5}"#, 400),
        (#"{"key": "a/b"}"#, 400), (#"{"label": "a", "label": "b"}"#, 400),
    ])
    func refusesChangesThatCannotBe(_ json: String, _ status: Int) async throws {
        try await service.store(1)
        let answer = try await service.call(
            .patch, "/v1/images/1", Array(json.utf8), type: "application/merge-patch+json")
        #expect(answer.status == status)
        #expect(try await service.call(.patch, "/v1/images/1", Array("{}".utf8), type: "text/plain").status == 415)
        #expect(try await service.call(.patch, "/v1/images/9", json: ["label": "a"]).status == 404)
    }

    @Test func removesAnImageForEver() async throws {
        try await service.store(1)
        #expect(try await service.call(.delete, "/v1/images/1", fields: ["If-Match": "\"no\""]).status == 412)
        #expect(try await service.call(.delete, "/v1/images/1").status == 204)
        #expect(try await service.call(.delete, "/v1/images/1").status == 404)
        #expect(try await service.search(["vector": [1, 0, 0]]) == [])
        #expect(try await service.store(1) == 2)
    }

    @Test(arguments: ["abc", "0", "-1", "99999999999999999999", "1099511627777", "+1", "1e0", "01", "%201"])
    func anIdThatIsNoneIsUnknown(_ id: String) async throws {
        #expect(try await service.store(1) == 1)
        let answer = try await service.call(.get, "/v1/images/\(id)")
        #expect(answer.status == 404)
        #expect(try answer.problem == "unknown-image")
    }

    @Test func pagesStayWhereTheyAreWhileImagesComeAndGo() async throws {
        for value in UInt8(1)...6 { try await service.store(value, query: value % 2 == 0 ? "?label=even" : "") }
        let first = try await service.call(.get, "/v1/images?limit=2")
        #expect(try first.ids == [1, 2])
        let cursor = try #require(try first.json["next_cursor"] as? String)
        #expect(try await service.call(.delete, "/v1/images/2").status == 204)
        #expect(try await service.call(.delete, "/v1/images/3").status == 204)
        try await service.store(7)
        let second = try await service.call(.get, "/v1/images?limit=3&cursor=\(cursor)")
        #expect(try second.ids == [4, 5, 6])
        let last = try await service.call(
            .get, "/v1/images?limit=3&cursor=\(try #require(try second.json["next_cursor"] as? String))")
        #expect(try last.ids == [7])
        #expect(try last.json["next_cursor"] is NSNull)
        #expect(try await service.call(.get, "/v1/images?label=even").ids == [4, 6])
    }

    @Test(arguments: [
        "?limit=0", "?limit=501", "?limit=x", "?cursor=x", "?cursor=-1", "?page=2", "?filter=%7B", "?filter=5",
        "?key=a&label=b", "?label=a&filter=%7B%22label%22:%22b%22%7D", "?limit=1&limit=2",
    ])
    func refusesPagesThatCannotBe(_ query: String) async throws {
        #expect(try await service.call(.get, "/v1/images\(query)").status == 400)
    }

    @Test func aServerWithoutACollectionSaysSo() async throws {
        let plain = InMemoryService()
        for route in plain.routes.all where route.path.hasPrefix("/v1/images") || route.path == "/v1/search" {
            let answer = try await Answer { try await route.handler(InMemoryService.plainRequest) }
            #expect(answer.status == 404)
            #expect(try answer.problem == "no-collection")
        }
    }

    @Test func whatIsStoredIsThereAfterARestart() async throws {
        try await service.store(1, query: "?label=cat")
        try await service.store(2)
        try service.close()
        let next = try CollectionService(in: service.folder)
        #expect(try await next.search(["vector": [1, 0, 0], "filter": ["label": "cat"]]) == [1])
        #expect(try await next.search(["id": 1]) == [2])
    }
}
