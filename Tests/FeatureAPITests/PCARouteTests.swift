import FeatureAPI
import Foundation
import Images
import Testing

/// `POST /v1/pca` around the fake model: 2 × 2 patches at size 8, 4 × 4 at size 16, of three numbers each.
@Suite(.timeLimit(.minutes(1))) struct PCARouteTests {
    private let service = InMemoryService()
    private let images = [FakeExtractor.image(3), FakeExtractor.image(90)]

    private func post(
        _ images: [[UInt8]], _ members: [String: Any] = [:], accept: String? = nil
    ) async throws -> Answer {
        try await service.post("/v1/pca", images, members, accept: accept)
    }

    private func values(_ answer: Answer) throws -> [[[Double]]] {
        try answer.items.map { try #require($0["values"] as? [[Double]]) }
    }

    @Test func answersValuesAndTheirBasis() async throws {
        let answer = try await post(images, ["components": 2, "size": 16])
        #expect(answer.status == 200)
        let json = try answer.json
        #expect(json["model"] as? String == "fake" && json["components"] as? Int == 2 && json["size"] as? Int == 16)
        #expect(json["grid"] as? [String: Int] == ["height": 4, "width": 4])
        let values = try values(answer)
        #expect(values.map(\.count) == [16, 16])
        #expect(values.allSatisfy { $0.allSatisfy { $0.count == 2 } })
        let explained = try #require(json["explained_variance"] as? [Double])
        #expect(explained.count == 2 && explained[0] >= explained[1] && explained.reduce(0, +) <= 1.0001)
        let basis = try #require(json["basis"] as? [String: Any])
        #expect(basis["fingerprint"] as? String == service.extractor.model.fingerprint)
        let ranges = try #require(basis["ranges"] as? [[Double]])
        for component in 0..<2 {
            let all = values.flatMap { $0.map { $0[component] } }
            #expect(ranges[component] == [all.min() ?? 0, all.max() ?? 0])
        }
    }

    @Test func aBasisGivenBackGivesTheSameValuesAndColors() async throws {
        let first = try await post(images, ["size": 16, "encoding_format": "png"])
        let basis = try #require(try first.json["basis"] as? [String: Any])
        let again = try await post([images[1]], ["size": 16, "encoding_format": "png", "basis": basis])
        #expect(again.status == 200)
        #expect(try again.json["explained_variance"] == nil)
        #expect(try again.items[0]["png"] as? String == first.items[1]["png"] as? String)
        let other = try #require(try again.json["basis"] as? [String: Any])
        #expect(NSDictionary(dictionary: other) == NSDictionary(dictionary: basis))
        let numbers = try await values(post(images, ["size": 16]))
        #expect(try await values(post(images, ["size": 16, "basis": basis])) == numbers)
    }

    @Test func theBasisMayBeAFieldOfAForm() async throws {
        let basis = try #require(try await post(images).json["basis"])
        let text = String(decoding: try JSONSerialization.data(withJSONObject: basis), as: UTF8.self)
        let form = InMemoryService.form(images, [("basis", text), ("encoding_format", "base64")])
        let answer = try await service.post("/v1/pca", body: form.body, form.type)
        #expect(answer.status == 200)
        let first = try #require(Data(base64Encoded: try answer.items[0]["values"] as? String ?? ""))
        #expect(first.count == 4 * 3 * 4)
    }

    @Test func answersAPictureOfTheSizeThatTheModelSees() async throws {
        let answer = try await service.post(
            "/v1/pca", body: images[0], "image/jpeg", query: [("size", "16")], accept: "image/png")
        #expect(answer.status == 200 && answer["Content-Type"] == "image/png")
        let picture = try ImageDecoder.decode(answer.bytes)
        #expect(picture.width == 16 && picture.height == 16)
        // A patch is a square of one colour.
        for pixel in 1..<4 { #expect(picture.pixels[pixel * 3..<pixel * 3 + 3] == picture.pixels[0..<3]) }
    }

    @Test func answersOneArrayForAllImages() async throws {
        let answer = try await post(images, ["components": 2], accept: "application/x-npy")
        #expect(answer["X-Shape"] == "2,2,2,2" && answer["X-Dtype"] == "<f4")
        #expect(answer.bytes.count == 128 + 16 * 4)
    }

    @Test func tellsTheForeground() async throws {
        let answer = try await post(images, ["size": 16, "components": 1, "foreground": true])
        #expect(answer.status == 200)
        let masks = try answer.items.map { try #require($0["foreground"] as? [Int]) }
        #expect(masks.allSatisfy { $0.count == 16 && $0.allSatisfy { $0 == 0 || $0 == 1 } })
        let all = masks.flatMap { $0 }
        #expect(all.contains(0) && all.contains(1))
        let basis = try #require(try answer.json["basis"] as? [String: Any])
        #expect(basis["foreground"] as? [String: Any] != nil)
        let again = try await post(images, ["size": 16, "basis": basis])
        #expect(try again.items.map { $0["foreground"] as? [Int] } == masks)
    }

    @Test(arguments: [
        ("components", "0"), ("components", "17"), ("components", "4"), ("components", "\"three\""),
        ("foreground", "\"maybe\""), ("spread", "\"wide\""), ("encoding_format", "\"jpeg\""), ("size", "100"),
        ("size", "0"), ("basis", "7"), ("basis", "{}"), ("basis", "{\"mean\": \"AAAA\"}"), ("head", "1"),
    ])
    func refusesAnOptionItCannotHave(_ name: String, _ json: String) async throws {
        let value = try JSONSerialization.jsonObject(with: Data(json.utf8), options: .fragmentsAllowed)
        let answer = try await post(images, [name: value])
        #expect(answer.status == 400)
        #expect(try (answer.json["detail"] as? String)?.contains("\"\(name)\"") == true)
    }

    @Test func refusesOptionsThatTheBasisSettles() async throws {
        let basis = try #require(try await post(images).json["basis"])
        for (name, value) in [("components", 3), ("foreground", true), ("spread", "minmax")] as [(String, Any)] {
            let answer = try await post(images, ["basis": basis, name: value])
            #expect(answer.status == 400)
            #expect(try answer.problem == "invalid-option")
        }
    }

    @Test func refusesTheBasisOfAnotherModel() async throws {
        var basis = try #require(try await post(images).json["basis"] as? [String: Any])
        basis["fingerprint"] = String(repeating: "0", count: 64)
        let answer = try await post(images, ["basis": basis])
        #expect(answer.status == 400)
        #expect(try (answer.json["detail"] as? String)?.contains("of another model") == true)
    }

    @Test func refusesABasisThatWasChanged() async throws {
        let basis = try #require(try await post(images).json["basis"] as? [String: Any])
        let changes: [(String, Any)] = [
            ("mean", "AAAAAA=="), ("components", "not base64"), ("ranges", [[1, 0], [0, 1], [0, 1]]), ("ranges", []),
            ("ranges", [[0, 1]]), ("more", 1), ("foreground", ["threshold": 1]), ("mean", "AADAfwAAwH8AAMB/"),
        ]
        for (name, value) in changes {
            var changed = basis
            changed[name] = value
            let answer = try await post(images, ["basis": changed])
            #expect(answer.status == 400, "\(name)")
        }
    }

    @Test func refusesMorePatchesThanOnePCATakes() async throws {
        var limits = RequestLimits()
        limits.patches = 10
        let service = InMemoryService(limits: limits)
        #expect(try await service.post("/v1/pca", images).status == 200)
        let answer = try await service.post("/v1/pca", images + images)
        #expect(answer.status == 413)
        #expect(
            try answer.json["detail"] as? String
                == "4 images of 4 patches are 16; one PCA takes 10: send at most 2 images at this size.")
        #expect(service.extractor.batches.flatMap { $0 }.count == 2)
    }

    @Test func refusesFewerPatchesThanComponents() async throws {
        let answer = try await post([images[0]], ["size": 4])
        #expect(answer.status == 400)
        #expect(try (answer.json["detail"] as? String)?.contains("3 components need more than 3 patches") == true)
    }

    @Test func aBadImageFailsThemAllAndIsNamed() async throws {
        let answer = try await post([images[0], FakeExtractor.image(0)])
        #expect(answer.status == 422)
        #expect(try answer.json["index"] as? Int == 1)
        let text = try await post([images[0], Array("text".utf8)])
        #expect(text.status == 415)
        #expect(try text.json["index"] as? Int == 1)
        #expect(try await post([]).status == 400)
    }

    @Test func onePictureIsOfOneImage() async throws {
        let answer = try await post(images, accept: "image/png")
        #expect(answer.status == 400)
        #expect(try await post(images, accept: "text/html").status == 406)
    }
}
