import DINO
import FeatureAPI
import Foundation
import Images
import Testing

/// `POST /v1/correspondences` around the fake model, whose images have 30 × 20 pixels, of which it sees 5..<25 × 0..<20
/// as 2 × 2 patches at size 8: place i has the feature (v, i, 1).
@Suite(.timeLimit(.minutes(1))) struct CorrespondenceRouteTests {
    private let service = InMemoryService()
    private let pair = [FakeExtractor.image(1), FakeExtractor.image(2)]

    private func post(
        _ images: [[UInt8]], _ members: [String: Any] = [:], accept: String? = nil
    ) async throws -> Answer {
        try await service.post("/v1/correspondences", images, members, accept: accept)
    }

    @Test func answersTheMutualNearestPatches() async throws {
        let answer = try await post([pair[0], pair[0]])
        #expect(answer.status == 200)
        let json = try answer.json
        #expect(json["grid"] as? [String: Int] == ["height": 2, "width": 2])
        #expect(json["images"] as? [[String: Int]] == [["width": 30, "height": 20], ["width": 30, "height": 20]])
        #expect(json["mutual"] as? Int == 4)
        #expect((json["maps"] as? [Any])?.isEmpty == true)
        let matches = try #require(json["matches"] as? [[String: Any]])
        #expect(matches.count == 4)
        for match in matches {
            let (first, second) = (match["first"] as? [String: Double], match["second"] as? [String: Double])
            #expect(first == second)
            #expect(abs((match["score"] as? Double ?? 0) - 1) < 1e-6)
            let (row, column) = (first?["row"] ?? -1, first?["column"] ?? -1)
            #expect(first?["x"] == 10 + 10 * column && first?["y"] == 5 + 10 * row)
        }
    }

    @Test func givesTheBestOfThem() async throws {
        let answer = try await post([pair[0], pair[0]], ["limit": 1])
        #expect(try answer.json["mutual"] as? Int == 4)
        #expect(try (answer.json["matches"] as? [Any])?.count == 1)
        let none = try await post(pair, ["limit": 0, "ratio": 0.5])
        #expect(try (none.json["matches"] as? [Any])?.isEmpty == true)
    }

    @Test func answersAMapOfEachPoint() async throws {
        let answer = try await post(pair, ["points": [[5, 0], [24.9, 19.9]]])
        #expect(answer.status == 200, "\(String(decoding: answer.bytes, as: UTF8.self))")
        let maps = try #require(try answer.json["maps"] as? [[String: Any]])
        #expect(maps.map { $0["region"] as? [Int] } == [[0], [3]])
        // (1, 0, 1) is nearest to (2, 0, 1) at place 0, (1, 3, 1) to (2, 3, 1) at place 3.
        let bests = maps.map { $0["best"] as? [String: Double] }
        #expect(bests.map { $0?["row"] } == [0, 1] && bests.map { $0?["column"] } == [0, 1])
        let own = try #require(maps[0]["first"] as? [Double]), other = try #require(maps[0]["second"] as? [Double])
        #expect(own.count == 4 && abs(own[0] - 1) < 1e-6)
        #expect(abs(other[0] - 3 / (2.0 * 5).squareRoot()) < 1e-6)
    }

    @Test func answersAMapOfABoxAsAPicture() async throws {
        let answer = try await post(pair, ["box": [5, 0, 25, 10], "encoding_format": "png", "size": 16])
        let map = try #require(try (answer.json["maps"] as? [[String: Any]])?.first)
        #expect(map["region"] as? [Int] == Array(0..<8))
        for name in ["first", "second"] {
            let file = try #require(Data(base64Encoded: map[name] as? String ?? ""))
            let picture = try ImageDecoder.decode([UInt8](file))
            #expect(picture.width == 16 && picture.height == 16)
        }
    }

    @Test func drawsBothPicturesSideBySide() async throws {
        for members in [[:], ["points": [[15, 5]]]] as [[String: Any]] {
            let answer = try await post(pair, members, accept: "image/png")
            #expect(answer.status == 200 && answer["Content-Type"] == "image/png")
            let picture = try ImageDecoder.decode(answer.bytes)
            // 30 × 20 fits into 640 × 480 as 640 × 427; eight pixels lie between the two.
            #expect(picture.width == 1288 && picture.height == 427)
            // What the model does not see stays as it is.
            #expect(Array(picture.pixels[..<3]) == [1, 1, 1])
        }
    }

    @Test func answersTheMapsAsOneArray() async throws {
        let answer = try await post(pair, ["points": [[6, 1], [6, 15], [20, 1]]], accept: "application/x-npy")
        #expect(answer["X-Shape"] == "3,2,2,2")
        #expect(answer.bytes.count == 128 + 24 * 4)
        #expect(try await post(pair, accept: "application/x-npy").status == 400)
    }

    @Test func takesAForm() async throws {
        let form = InMemoryService.form(pair, [("points", "[[15, 5]]"), ("limit", "2")])
        let answer = try await service.post("/v1/correspondences", body: form.body, form.type)
        #expect(answer.status == 200)
        #expect(try (answer.json["maps"] as? [Any])?.count == 1)
    }

    @Test(arguments: [1, 3]) func refusesOtherThanTwoImages(_ count: Int) async throws {
        let answer = try await post([[UInt8]](repeating: pair[0], count: count))
        #expect(answer.status == 400)
        #expect(try (answer.json["detail"] as? String)?.contains("two images") == true)
        let single = try await service.post("/v1/correspondences", body: pair[0], "image/jpeg")
        #expect(single.status == 400)
    }

    @Test(arguments: ["[[30, 5]]", "[[15, -1]]", "[[15, 5], [15, 20]]"])
    func refusesAPointOutsideTheImage(_ points: String) async throws {
        let value = try JSONSerialization.jsonObject(with: Data(points.utf8))
        let answer = try await post(pair, ["points": value])
        #expect(answer.status == 400)
        #expect(try answer.json["index"] as? Int == 0)
        #expect(try (answer.json["detail"] as? String)?.contains("outside the image, which has 30 × 20 pixels") == true)
    }

    @Test func refusesAPointThatPreprocessingCutsOff() async throws {
        let answer = try await post(pair, ["points": [[2, 5]]])
        #expect(answer.status == 400)
        #expect(try (answer.json["detail"] as? String)?.contains("the model sees x from 5 to 25") == true)
    }

    @Test(arguments: [
        ("points", "[]"), ("points", "[[1]]"), ("points", "[1, 2]"), ("points", "{}"), ("box", "[1, 2, 3]"),
        ("box", "[5, 5, 5, 9]"), ("limit", "-1"), ("limit", "5000"), ("ratio", "0"), ("ratio", "1.5"),
        ("ratio", "\"much\""), ("encoding_format", "\"gif\""), ("size", "17"), ("threshold", "2"),
    ])
    func refusesAnOptionItCannotHave(_ name: String, _ json: String) async throws {
        let value = try JSONSerialization.jsonObject(with: Data(json.utf8), options: .fragmentsAllowed)
        let answer = try await post(pair, [name: value])
        #expect(answer.status == 400)
        #expect(try (answer.json["detail"] as? String)?.contains("\"\(name)\"") == true)
    }

    @Test func refusesPointsAndABoxTogether() async throws {
        let answer = try await post(pair, ["points": [[15, 5]], "box": [5, 0, 25, 10]])
        #expect(answer.status == 400)
        #expect(try (answer.json["detail"] as? String)?.contains("exclude each other") == true)
    }

    @Test func aBadImageIsNamed() async throws {
        let answer = try await post([pair[0], FakeExtractor.image(0)])
        #expect(answer.status == 422)
        #expect(try answer.json["index"] as? Int == 1)
    }

    @Test func imagesOfAnyShapeAreShownWithinTheirFrame() {
        for (width, height) in [(16_000, 1), (1, 16_000), (640, 480), (3, 3)] {
            let shown = PairPicture.shown(RGBImage(width: width, height: height, color: (9, 9, 9)))
            #expect(shown.width <= 640 && shown.height <= 480)
            #expect(shown.width == 640 || shown.height == 480)
        }
    }
}
