import FeatureAPI
import Foundation
import Testing

@Suite(.timeLimit(.minutes(1))) struct UploadOrderTests {
    private func upload(_ value: UInt8, key: String? = nil, label: String? = nil) -> [String: Any] {
        var image: [String: Any] = ["image": Data(FakeExtractor.image(value)).base64EncodedString()]
        image["key"] = key
        image["label"] = label
        return image
    }

    @Test func ofTwoImagesUnderOneKeyTheLastStays() async throws {
        let service = try CollectionService()
        let put = try await service.call(.put, "/v1/images/k", FakeExtractor.image(1), type: "image/jpeg")
        #expect(put.status == 201)

        let answer = try await service.call(
            .post, "/v1/images", json: ["images": [upload(1, key: "k", label: "cat"), upload(2, key: "k")]])
        #expect(try answer.items.map { $0["status"] as? String } == ["existing", "replaced"])
        #expect(try answer.ids == [1, 2])
        #expect(try await service.call(.get, "/v1/images").ids == [2])
        #expect(try await service.search(["vector": [1, 0, 0]]) == [2])

        // The other way round: what is stored when the request comes is not when its turn comes.
        let back = try await service.call(
            .post, "/v1/images", json: ["images": [upload(3, key: "k"), upload(2, key: "k")]])
        #expect(try back.items.map { $0["status"] as? String } == ["replaced", "replaced"])
        let id = try #require(try back.ids.last)
        #expect(try await service.call(.get, "/v1/images?key=k").ids == [id])
        let content = try await service.call(.get, "/v1/images/\(id)/content")
        #expect(content.bytes == FakeExtractor.image(2))
        #expect(try await service.search(["vector": [1, 0, 0]]) == [id])
        #expect(service.extractor.batches.joined().count == 3)
    }
}
