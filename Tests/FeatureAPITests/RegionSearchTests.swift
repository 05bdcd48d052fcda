import FeatureAPI
import FeatureStorage
import Foundation
import HTTPServer
import HTTPTypes
import Testing

@Suite(.timeLimit(.minutes(1))) struct RegionSearchTests {
    private let change: ModelChange

    init() throws { change = try ModelChange() }

    /// The answer of `POST /v1/search`.
    private func search(_ opened: ModelChange.Opened, _ body: String) async throws -> Answer {
        let routes = FeatureRoutes(
            pipeline: opened.pipeline, health: Health(opened.pipeline), collection: opened.collection
        ).all
        let route = try #require(routes.first { $0.path == "/v1/search" })
        let request = ServerRequest(
            method: .post, path: "/v1/search", headerFields: [.contentType: "application/json"], requestID: "id-1",
            body: RequestBody(Array(body.utf8)))
        return try await Answer { try await route.handler(request) }
    }

    private func base64(_ value: UInt8) -> String { Data(FakeExtractor.image(value)).base64EncodedString() }

    // The fake's images have 30 × 20 pixels, of which the model sees 5..<25 × 0..<20 as 2 × 2 patches of (v, place, 1).

    @Test func findsTheRegionOfAnUploadedImage() async throws {
        let opened = try change.open(FakeExtractor())
        let ids = try await opened.add([1, 2, 40])
        let answer = try await search(
            opened, #"{"image": "\#(base64(2))", "region": {"box": [15, 10, 25, 20]}, "k": 2}"#)
        #expect(answer.status == 200)
        let json = try answer.json
        #expect(json["exact"] as? Bool == false)
        #expect(json["shortlist"] as? Int == 3)
        let hits = try #require(json["hits"] as? [[String: Any]])
        #expect(hits.count == 2)
        // Of the patches of the same image the last is (2, 3, 1) again.
        #expect(hits[0]["id"] as? Int64 == ids[1])
        #expect(try #require(hits[0]["score"] as? Double) > 0.999)
        let region = try #require(hits[0]["region"] as? [String: Any])
        #expect(region["box"] as? [Int] == [15, 10, 25, 20])
        #expect(try #require(region["score"] as? Double) > 0.999)
        try opened.close()
    }

    @Test func findsTheRegionOfAStoredImageWithoutTheModel() async throws {
        let extractor = FakeExtractor()
        let opened = try change.open(extractor)
        let ids = try await opened.add([1, 2, 40])
        let batches = extractor.batches.count
        let answer = try await search(
            opened, #"{"id": \#(ids[1]), "region": {"points": [[6, 1], [24, 1]], "shortlist": 1}}"#)
        let hits = try #require(try answer.json["hits"] as? [[String: Any]])
        #expect(try answer.json["shortlist"] as? Int == 1)
        // It is no answer to itself, and the other two are one more than the shortlist has: (1, 1, 0) is nearer to (2, 1, 0)
        // than (40, 1, 0) is.
        #expect(hits.count == 1)
        #expect(hits[0]["id"] as? Int64 == ids[0])
        #expect(extractor.batches.count == batches)
        try opened.close()
    }

    @Test func looksAtTheFilterOnly() async throws {
        let opened = try change.open(FakeExtractor())
        try await opened.add([1, 2])
        let label = Upload(
            image: SubmittedImage(bytes: FakeExtractor.image(3), declaredType: nil), label: "three")
        let three = try await opened.collection.add([label])[0].get().image.id
        let answer = try await search(
            opened, #"{"image": "\#(base64(1))", "region": {"points": [[6, 1]]}, "filter": {"label": "three"}}"#)
        #expect(try (answer.json["hits"] as? [[String: Any]])?.map { $0["id"] as? Int64 } == [three])
        try opened.close()
    }

    @Test func leavesOutWhatIsBelowTheScore() async throws {
        let opened = try change.open(FakeExtractor())
        let ids = try await opened.add([1, 200])
        let answer = try await search(
            opened, #"{"image": "\#(base64(200))", "region": {"points": [[6, 1]]}, "min_score": 0.99}"#)
        #expect(try (answer.json["hits"] as? [[String: Any]])?.map { $0["id"] as? Int64 } == [ids[1]])
        try opened.close()
    }

    @Test(arguments: [
        (#"{"id": 1, "region": {"box": [0, 0, 31, 20]}}"#, "leaves the image, which has 30 × 20 pixels"),
        (#"{"id": 1, "region": {"box": [0, 0, 4, 20]}}"#, "x from 5 to 25 and y from 0 to 20"),
        (#"{"id": 1, "region": {"points": [[26, 3]]}}"#, "cuts the point"),
        (#"{"id": 1, "region": {"points": [[26, 30]]}}"#, "outside the image"),
        (#"{"id": 1, "region": {}}"#, "needs a \"box\" or \"points\""),
        (#"{"vector": [1, 0, 0], "region": {"points": [[6, 3]]}}"#, "a vector has no parts"),
        (#"{"searches": [{"id": 1}], "region": {"points": [[6, 3]]}}"#, "one image or one id"),
        (#"{"queries": [{"id": 1}, {"id": 1}], "region": {"points": [[6, 3]]}}"#, "one image or one id"),
    ])
    func refusesRegionsThatAreNone(_ body: String, _ reason: String) async throws {
        let opened = try change.open(FakeExtractor())
        try await opened.add([1])
        let answer = try await search(opened, body)
        #expect(answer.status == 400)
        #expect((try answer.json["detail"] as? String)?.contains(reason) == true)
        try opened.close()
    }

    @Test func saysWhereNoPatchesAreStored() async throws {
        var opened = try change.open(FakeExtractor(), keepsPatches: false)
        let ids = try await opened.add([1])
        for body in [
            #"{"id": \#(ids[0]), "region": {"points": [[6, 3]]}}"#,
            #"{"image": "\#(base64(1))", "region": {"points": [[6, 3]]}}"#,
        ] {
            let answer = try await search(opened, body)
            #expect(answer.status == 409)
            #expect(try answer.problem == "no-patch-features")
            #expect((try answer.json["detail"] as? String)?.contains("patches=int8") == true)
        }
        try opened.close()

        // Beside images that have them, those without are counted.
        opened = try change.open(FakeExtractor())
        try await opened.add([2])
        let answer = try await search(opened, #"{"image": "\#(base64(1))", "region": {"points": [[6, 3]]}}"#)
        #expect(try answer.json["shortlist"] as? Int == 1)
        #expect((try answer.json["notes"] as? [String])?.first?.hasPrefix("1 of the images") == true)
        try opened.close()
    }

    @Test func needsTheModelWhosePatchesAreStored() async throws {
        let ids = try await change.prepare([1, 2])
        let opened = try change.open(OtherExtractor())
        for body in [
            #"{"id": \#(ids[0]), "region": {"points": [[6, 3]]}}"#,
            #"{"image": "\#(base64(1))", "region": {"points": [[6, 3]]}}"#,
        ] {
            let answer = try await search(opened, body)
            #expect(answer.status == 409)
            #expect(try answer.problem == "other-model")
            #expect((try answer.json["detail"] as? String)?.contains("POST /v1/jobs") == true)
        }
        try opened.close()
    }

    @Test func doesNotKnowAnImageThatIsGone() async throws {
        let opened = try change.open(FakeExtractor())
        let ids = try await opened.add([1])
        _ = try await opened.collection.remove(ids)
        let answer = try await search(opened, #"{"id": \#(ids[0]), "region": {"points": [[6, 3]]}}"#)
        #expect(answer.status == 404)
        try opened.close()
    }

    @Test func findsNothingInAnEmptyCollection() async throws {
        let opened = try change.open(FakeExtractor())
        let answer = try await search(opened, #"{"image": "\#(base64(1))", "region": {"points": [[6, 3]]}}"#)
        #expect(try (answer.json["hits"] as? [Any])?.isEmpty == true)
        #expect(try answer.json["shortlist"] as? Int == 0)
        try opened.close()
    }
}
