import FeatureAPI
import Foundation
import Testing

@Suite(.timeLimit(.minutes(1))) struct EmbeddingRouteTests {
    private let service = InMemoryService()
    private let image = FakeExtractor.image(1)

    @Test func answersOneImageWithAVectorOfLengthOne() async throws {
        let answer = try await service.embed(FakeExtractor.image(3))
        #expect(answer.status == 200)
        #expect(answer["Content-Type"] == "application/json")
        #expect(answer["X-Model-Fingerprint"] == service.extractor.model.fingerprint)
        let json = try answer.json
        #expect(json["object"] as? String == "list")
        #expect(json["model"] as? String == "fake")
        #expect(json["size"] as? Int == 8)
        #expect(json["grid"] as? [String: Int] == ["height": 2, "width": 2])
        #expect(json["dimensions"] as? Int == 3)
        #expect(json["usage"] as? [String: Int] == ["prompt_tokens": 7, "total_tokens": 7])
        let item = try #require(try answer.items.first)
        #expect(item["index"] as? Int == 0)
        let embedding = try #require(item["embedding"] as? [Double])
        let length = 10.0.squareRoot()
        #expect(zip(embedding, [3 / length, 1 / length, 0]).allSatisfy { abs($0 - $1) < 1e-7 })
        #expect(item["patches"] == nil)
    }

    @Test(arguments: ["application/json", "application/x-npy"])
    func saysWhereTheTimeWent(form: String) async throws {
        let answer = try await service.embed(image, accept: form)
        let stages = try #require(answer["Server-Timing"]).components(separatedBy: ", ").map {
            $0.components(separatedBy: ";dur=")
        }
        #expect(stages.map(\.first) == ["read", "decode", "queue", "inference", "format"])
        #expect(stages.allSatisfy { $0.count == 2 && Double($0[1]).map { $0 >= 0 && $0 < 60_000 } == true })
    }

    @Test func answersEveryKindAtTheSizeAndDimensionsAskedFor() async throws {
        let query = [("features", "patches,registers"), ("size", "7"), ("dimensions", "1")]
        let answer = try await service.embed(image, query: query.map { (name: $0.0, value: $0.1) })
        #expect(try answer.json["size"] as? Int == 4)
        let item = try #require(try answer.items.first)
        #expect(item["embedding"] is NSNull)
        #expect(item["patches"] as? [[Double]] == [[1]])
        #expect(item["registers"] as? [[Double]] == [[1], [0]])
    }

    @Test func writesBase64OfTheSameNumbers() async throws {
        let floats = try await service.embed(image, query: [("features", "cls,patches")])
        let base64 = try await service.embed(
            image, query: [("features", "cls,patches"), ("encoding_format", "base64")])
        let item = try #require(try base64.items.first)
        let vector = try #require(Data(base64Encoded: item["embedding"] as? String ?? ""))
        #expect(vector.count == 12)
        let numbers = vector.withUnsafeBytes { bytes in
            (0..<3).map { Double(bytes.loadUnaligned(fromByteOffset: $0 * 4, as: Float.self)) }
        }
        let expected = try #require(try floats.items.first?["embedding"] as? [Double])
        #expect(zip(numbers, expected).allSatisfy { abs($0 - $1) < 1e-7 })
        #expect(Data(base64Encoded: item["patches"] as? String ?? "")?.count == 4 * 3 * 4)
    }

    @Test func answersANumPyArrayOfOneKind() async throws {
        let cls = try await service.embed([image, image], accept: "application/x-npy")
        #expect(cls["Content-Type"] == "application/x-npy")
        #expect(cls["X-Shape"] == "2,3")
        #expect(cls.bytes.count == 128 + 2 * 3 * 4)
        #expect(Array(cls.bytes[..<10]) == [0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59, 1, 0, 118, 0])
        let header = String(decoding: cls.bytes[10..<128], as: UTF8.self)
        #expect(header.hasPrefix("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }"))
        #expect(header.hasSuffix(" \n"))

        let patches = try await service.embed([image], query: [("features", "patches")], accept: "application/x-npy")
        #expect(patches["X-Shape"] == "1,4,3")
        #expect(patches["X-Feature"] == "patches")
        let both = try await service.embed([image], query: [("features", "cls,patches")], accept: "application/x-npy")
        #expect(both.status == 400)
    }

    @Test func answersRawNumbersWithTheirShape() async throws {
        let answer = try await service.embed([image], accept: "application/octet-stream")
        #expect(answer["X-Shape"] == "1,3")
        #expect(answer["X-Dtype"] == "<f4")
        #expect(answer.bytes.count == 12)
    }

    @Test func answersOneLineAnImage() async throws {
        let answer = try await service.embed([image, FakeExtractor.image(0)], accept: "application/x-ndjson")
        let lines = String(decoding: answer.bytes, as: UTF8.self).split(separator: "\n")
        let items = try lines.map { try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any] }
        #expect(items.map { $0?["index"] as? Int } == [0, 1])
    }

    @Test func refusesATypeItCannotWrite() async throws {
        let answer = try await service.embed(image, accept: "text/html")
        #expect(answer.status == 406)
        #expect(try answer.problem == "not-acceptable")
    }

    @Test func aBadImageAmongSeveralFailsAlone() async throws {
        let answer = try await service.embed([
            image, FakeExtractor.image(0), Array("text".utf8), FakeExtractor.image(255),
        ])
        #expect(answer.status == 200)
        let items = try answer.items
        #expect(items.map { $0["index"] as? Int } == [0, 1, 2, 3])
        #expect(items.map { $0["embedding"] is NSNull } == [false, true, true, true])
        let errors = items.map { $0["error"] as? [String: Any] }
        #expect(errors.map { $0?["status"] as? Int } == [nil, 422, 415, 500])
        #expect(errors.map { $0?["index"] as? Int } == [nil, 1, 2, 3])
        #expect(errors[1]?["request_id"] as? String == "id-1")
    }

    @Test func aBadTextAmongImagesInJSONFailsAlone() async throws {
        let good = Data(image).base64EncodedString()
        let texts = [good, "data:image/gif;base64,R0lGODlh", "", "not base64", "data:image/png;base64,\(good)"]
        let answer = try await service.embed(Array(JSONEncoder().encode(["input": texts])), "application/json")
        #expect(answer.status == 200)
        let errors = try answer.items.map { $0["error"] as? [String: Any] }
        #expect(errors.map { $0?["status"] as? Int } == [nil, 415, 400, 400, 415])
        #expect(errors.map { $0?["index"] as? Int } == [nil, 1, 2, 3, 4])
        let alone = try await service.embed(Array(JSONEncoder().encode(["input": texts[1]])), "application/json")
        #expect(alone.status == 415)
        #expect(try alone.json["index"] as? Int == 0)
    }

    @Test func escapesInTheTextOfAnImageChangeNothing() async throws {
        let slashes: [UInt8] = [0xFF, 0xD8, 0xFF, 0xFF, 0xFF, 1]
        let text = Data(slashes).base64EncodedString()
        #expect(text.contains("/"))
        let escaped = text.replacing("/", with: #"\/"#)
        var answers = [Answer]()
        for text in [text, escaped] {
            answers.append(try await service.embed(Array(#"{"input": "\#(text)"}"#.utf8), "application/json"))
        }
        #expect(answers.map(\.status) == [200, 200])
        let vectors = try answers.map { try $0.items.first?["embedding"] as? [Double] }
        #expect(vectors[0] == vectors[1])
    }

    @Test func textWithEscapesTakesRoomTwiceUntilItIsDecoded() async throws {
        let service = InMemoryService(pendingBytes: 5000)
        let text = Data(image + [UInt8](repeating: 1, count: 1496)).base64EncodedString()
        let plain = try await service.embed(Array(#"{"input": "\#(text)"}"#.utf8), "application/json")
        #expect(plain.status == 200)
        let escaped = try await service.embed(
            Array(#"{"input": "\#(text)", "us\u0065r": ""}"#.utf8), "application/json")
        #expect(escaped.status == 413)
    }

    @Test func theRoomOfAnAnswerIsHeldUntilItIsSent() async throws {
        let service = InMemoryService(pendingImages: 4)
        let admission = service.pipeline.admission
        var answer: Answer? = try await service.embed(image)
        let bytes = try #require(answer?.bytes.count)
        let whole = Reservation(admission)
        #expect { try whole.extend(bytes: 768 << 20) } throws: { ($0 as? FeatureAPIError)?.kind == .queueFull }
        try whole.extend(images: 4, bytes: 768 << 20 - bytes)
        withExtendedLifetime(answer) {}
        answer = nil
        try whole.extend(bytes: bytes)
    }

    @Test func aBadImageFailsABinaryAnswerWholly() async throws {
        let answer = try await service.embed([image, FakeExtractor.image(0)], accept: "application/x-npy")
        #expect(answer.status == 422)
        #expect(try answer.problem == "damaged-image")
        #expect(try answer.json["index"] as? Int == 1)
    }

    @Test func aRequestWithoutAGoodImageFails() async throws {
        #expect(try await service.embed([FakeExtractor.image(0), Array("text".utf8)]).status == 422)
        #expect(try await service.embed(FakeExtractor.image(0)).status == 422)
        #expect(try await service.embed(Array("GIF89a".utf8)).status == 415)
        #expect(try await service.embed([]).status == 400)
    }

    @Test func readsAForm() async throws {
        let part =
            "--b\r\nContent-Disposition: form-data; name=\"image\"; filename=\"a.jpg\"\r\nContent-Type: image/jpeg\r\n\r\n"
        let field = "--b\r\nContent-Disposition: form-data; name=\"dimensions\"\r\n\r\n2\r\n"
        let body = Array(part.utf8) + FakeExtractor.image(9) + Array("\r\n\(field)--b--\r\n".utf8)
        let answer = try await service.embed(body, "multipart/form-data; boundary=b")
        #expect(answer.status == 200)
        #expect(try answer.json["dimensions"] as? Int == 2)
        let without = Array("\(field)--b--\r\n".utf8)
        #expect(try await service.embed(without, "multipart/form-data; boundary=b").status == 400)
    }

    @Test func theStatedTypeHasToAgreeWithTheContent() async throws {
        #expect(try await service.embed(image, "image/png").status == 415)
        #expect(try await service.embed(image, "application/octet-stream").status == 200)
        #expect(try await service.embed(image, "text/plain").status == 415)
    }

    @Test(arguments: [
        ("size", "3", 400), ("size", "17", 400), ("size", "16", 200), ("dimensions", "4", 400), ("model", "other", 404),
        ("model", "fake", 200), ("colour", "1", 400), ("features", "cls,cls", 400),
    ])
    func checksOptions(_ name: String, _ value: String, _ status: Int) async throws {
        let answer = try await service.embed(image, query: [(name: name, value: value)])
        #expect(answer.status == status)
        if status == 400 { #expect((try answer.json["detail"] as? String)?.contains("\"\(name)\"") == true) }
    }

    @Test func limitsTheAnswer() async throws {
        var limits = RequestLimits()
        limits.answerValues = 11
        limits.imageBytes = 4
        let service = InMemoryService(limits: limits)
        #expect(try await service.embed([image, image, image]).status == 200)
        #expect(try await service.embed([image, image, image, image]).status == 413)
        #expect(try await service.embed(image, query: [("features", "patches")]).status == 413)
        #expect(try await service.embed(image + [1]).status == 413)
    }

    @Test func aFullQueueAnswersWithRetryAfterAndRecovers() async throws {
        let extractor = FakeExtractor(isGated: true)
        let service = InMemoryService(extractor, pendingImages: 2)
        async let waiting = service.embed([image, image])
        try await eventually { !extractor.batches.isEmpty }
        let refused = try await service.embed(image)
        #expect(refused.status == 429)
        #expect((1...60).contains(Int(refused["Retry-After"] ?? "") ?? 0))
        #expect(try Answer(service.routes.ready).status == 503)
        #expect(try Answer(service.routes.live).status == 200)
        extractor.open(2)
        #expect(try await waiting.status == 200)
        extractor.open()
        #expect(try await service.embed(image).status == 200)
        #expect(try Answer(service.routes.ready).status == 200)
    }

    @Test func aCancelledRequestGivesItsRoomBack() async throws {
        let extractor = FakeExtractor(isGated: true)
        let service = InMemoryService(extractor, pendingImages: 8)
        let first = Task { try await service.embed(image).status }
        try await eventually { extractor.batches.count == 1 }
        let second = Task { try await service.embed([[UInt8]](repeating: image, count: 7)).status }
        try await eventually { !service.pipeline.admission.isBelowHighWater }
        second.cancel()
        await #expect(throws: CancellationError.self) { try await second.value }
        try await eventually { service.pipeline.admission.isBelowHighWater }
        extractor.open(2)
        #expect(try await first.value == 200)
        #expect(extractor.batches.count == 1)
    }
}
