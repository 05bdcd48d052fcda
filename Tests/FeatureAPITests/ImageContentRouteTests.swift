import FeatureAPI
import Foundation
import Testing

@Suite(.timeLimit(.minutes(1))) struct ImageContentRouteTests {
    private let service: CollectionService<FakeExtractor>
    private let image = FakeExtractor.image(3)

    init() throws { service = try CollectionService() }

    @Test func answersTheFileByteForByteOnce() async throws {
        try await service.store(3, query: "?name=h%C3%B6he%22.jpg")
        let answer = try await service.call(.get, "/v1/images/1/content")
        #expect(answer.bytes == image)
        #expect(answer["Content-Type"] == "image/jpeg")
        #expect(answer["ETag"] == "\"\(ImageIngest.contentHash(image))\"")
        #expect(answer["Cache-Control"]?.contains("immutable") == true)
        #expect(answer["X-Content-Type-Options"] == "nosniff")
        #expect(
            answer["Content-Disposition"] == "inline; filename=\"h__he_.jpg\"; filename*=UTF-8''h%C3%B6he%22.jpg")
        for field in [answer["ETag"] ?? "", "W/\(answer["ETag"] ?? "")", "\"a,b\", \(answer["ETag"] ?? "")", "*"] {
            let again = try await service.call(.get, "/v1/images/1/content", fields: ["If-None-Match": field])
            #expect(again.status == 304)
            #expect(again.bytes.isEmpty)
            #expect(again["ETag"] == answer["ETag"])
        }
        let other = try await service.call(.get, "/v1/images/1/content", fields: ["If-None-Match": "\"other\""])
        #expect(other.status == 200)
    }

    @Test func answersAThumbnail() async throws {
        try await service.store(3)
        let answer = try await service.call(.get, "/v1/images/1/thumbnail")
        #expect(answer.bytes == [0xFF, 0xD8, 0xFF, 0, 3])
        #expect(answer["Content-Type"] == "image/jpeg")
        let fields = ["If-None-Match": answer["ETag"] ?? ""]
        #expect(try await service.call(.get, "/v1/images/1/thumbnail", fields: fields).status == 304)
    }

    @Test func answersTheStoredFeaturesInEachForm() async throws {
        try await service.store(3)
        let json = try await service.call(.get, "/v1/images/1/embedding")
        let vector = try #require(try json.json["embedding"] as? [Double])
        let length = 10.0.squareRoot()
        #expect(zip(vector, [3 / length, 1 / length, 0]).allSatisfy { abs($0 - $1) < 1e-6 })
        #expect(try json.json["fingerprint"] as? String == service.extractor.model.fingerprint)
        let npy = try await service.call(
            .get, "/v1/images/1/embedding", fields: ["Accept": "application/x-npy"])
        #expect(npy["X-Shape"] == "3")
        #expect(npy.bytes.count == 128 + 12)
        let raw = try await service.call(
            .get, "/v1/images/1/embedding?features=patches", fields: ["Accept": "application/octet-stream"])
        #expect(raw["X-Shape"] == "4,3")
        #expect(raw.bytes.count == 48)
        #expect(raw["ETag"] != npy["ETag"])
        let patches = try #require(
            try await service.call(.get, "/v1/images/1/embedding?features=patches").json["patches"] as? [[Double]])
        for row in patches { #expect(abs(row.reduce(0) { $0 + $1 * $1 } - 1) < 0.02) }
        #expect(try await service.call(.get, "/v1/images/1/embedding?features=registers").status == 400)
        #expect(
            try await service.call(.get, "/v1/images/1/embedding", fields: ["Accept": "text/html"]).status == 406)
    }

    @Test func aFileThatWasNotKeptIsNotFound() async throws {
        let plain = try CollectionService(keepsOriginals: false, keepsPatches: false)
        try await plain.store(3)
        let content = try await plain.call(.get, "/v1/images/1/content")
        #expect(content.status == 404)
        #expect(try content.problem == "original-not-kept")
        #expect(try await plain.call(.get, "/v1/images/1/thumbnail").status == 200)
        let patches = try await plain.call(.get, "/v1/images/1/embedding?features=patches")
        #expect(patches.status == 409)
        #expect(try patches.problem == "not-embedded")
    }

    @Test(arguments: ["content", "thumbnail", "embedding"])
    func anImageThatIsNotThereHasNoContent(_ part: String) async throws {
        #expect(try await service.call(.get, "/v1/images/5/\(part)").status == 404)
        #expect(try await service.call(.get, "/v1/images/5/\(part)?x=1").status == 400)
    }
}
