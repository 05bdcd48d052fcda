import FeatureAPI
import Foundation
import HTTPServer
import HTTPTypes
import Images
import Testing

/// The fake model sees the middle 20×20 of an image of 30×20 as 2×2 patches at size 8; its one head looks at them with
/// 1/2, 1/4, 1/8 and 1/16, and the first patch's token is fifty times as long as the others.
@Suite(.timeLimit(.minutes(1))) struct AttentionRouteTests {
    private let service = InMemoryService()
    private let image = FakeExtractor.image(100)

    private func ask(
        _ query: [String: String] = [:], body: [UInt8]? = nil, type: String = "image/jpeg", accept: String? = nil
    ) async throws -> Answer {
        var fields: HTTPFields = [.contentType: type]
        fields[.accept] = accept
        let request = ServerRequest(
            method: .post, path: "/v1/attention", query: query.map { (name: $0.key, value: $0.value) },
            headerFields: fields, requestID: "id-1", body: RequestBody(body ?? image))
        return try await Answer { try await service.routes.attend(request) }
    }

    private func maps(_ answer: Answer) throws -> [[String: Any]] {
        try #require(try answer.json["maps"] as? [[String: Any]])
    }

    @Test func answersEveryHeadTheMeanAndTheLargest() async throws {
        let answer = try await ask()
        #expect(answer.status == 200)
        #expect(answer["X-Model-Fingerprint"] == service.extractor.model.fingerprint)
        let json = try answer.json
        #expect(json["grid"] as? [String: Int] == ["height": 2, "width": 2])
        #expect(json["image"] as? [String: Int] == ["height": 20, "width": 30])
        #expect(json["seen"] as? [Int] == [5, 0, 25, 20])
        #expect(json["method"] as? String == "attention" && json["upsampling"] as? String == "nearest")
        #expect(abs((json["threshold"] as? Double ?? 0) - 0.6) < 1e-6)
        #expect(json["artefacts"] is NSNull)
        let maps = try maps(answer)
        #expect(maps.map { "\($0["map"] ?? "")" } == ["0", "mean", "max"])
        #expect(maps[0]["values"] as? [Double] == [0.5, 0.25, 0.125, 0.0625])
    }

    @Test func aMaskIsToldInEveryForm() async throws {
        // The first two patches hold 12/15 of the attention, the first alone 8/15.
        let map = try maps(await ask(["heads": "0"]))[0]
        #expect(map["patches"] as? [Int] == [0, 1])
        #expect(map["area"] as? Int == 200)
        let mask = try #require(map["mask"] as? [String: Any])
        #expect(mask["size"] as? [Int] == [20, 30])
        let regions = try #require(map["regions"] as? [[String: Any]])
        #expect(regions.count == 1)
        #expect(regions[0]["box"] as? [Int] == [5, 0, 25, 10])
        #expect(regions[0]["area"] as? Int == 200)
        #expect(abs((regions[0]["score"] as? Double ?? 0) - 0.8) < 1e-6)
        #expect(regions[0]["polygon"] as? [[[Int]]] == [[[5, 0], [25, 0], [25, 10], [5, 10], [5, 0]]])
        let counted = try maps(await ask(["heads": "0", "rle": "counts"]))[0]["mask"] as? [String: Any]
        let column = [10, 10]
        #expect(counted?["counts"] as? [Int] == [100] + Array(repeating: column, count: 19).joined() + [10, 110])
    }

    @Test func moreMassKeepsMorePatches() async throws {
        let kept = try await [0.5, 0.6, 0.81, 0.99].asyncMap { share in
            try maps(await ask(["heads": "mean", "threshold": "\(share)"]))[0]["patches"] as? [Int]
        }
        #expect(kept == [[0], [0, 1], [0, 1, 2], [0, 1, 2, 3]])
    }

    @Test func answersPicturesOfTheImagesSize() async throws {
        let cases: [([String: String], String?)] = [
            (["format": "mask"], nil), ([:], "image/png"), (["upsampling": "smooth"], "image/png"),
            (["format": "overlay"], nil), (["format": "overlay", "upsampling": "nearest", "heads": "max"], nil),
            (["format": "mask", "method": "ncut"], nil), (["format": "overlay", "method": "ncut"], nil),
        ]
        for (query, type) in cases {
            let answer = try await ask(query, accept: type)
            #expect(answer.status == 200 && answer["Content-Type"] == "image/png", "\(query)")
            let picture = try ImageDecoder.decode(answer.bytes)
            #expect(picture.width == 30 && picture.height == 20)
        }
        let mask = try ImageDecoder.decode(await ask(["format": "mask"]).bytes)
        let white = (0..<600).filter { mask.pixels[$0 * 3] == 255 }
        let shown: [Int] = (0..<300).filter { (5..<25).contains($0 % 30) }
        #expect(white == shown)
        let overlay = try ImageDecoder.decode(await ask(["format": "overlay"]).bytes)
        #expect(Array(overlay.pixels[..<15]) == [UInt8](repeating: 100, count: 15))
        #expect(overlay.pixels[15..<18] != [100, 100, 100])
    }

    @Test func answersANumPyArrayOfTheGrid() async throws {
        let answer = try await ask(["heads": "all,mean"], accept: "application/x-npy")
        #expect(answer["X-Shape"] == "2,2,2")
        #expect(answer.bytes.count == 128 + 8 * 4)
        #expect(try await ask(accept: "application/x-npy")["X-Shape"] == "1,2,2")
    }

    @Test func theFormatGoesBeforeAccept() async throws {
        #expect(try await ask(["format": "json"], accept: "image/png")["Content-Type"] == "application/json")
        #expect(try await ask(accept: "text/html").status == 406)
    }

    @Test func artefactsAreFoundAndLeftOut() async throws {
        let json = try await ask(["exclude_artefacts": "true", "heads": "mean"]).json
        #expect(json["artefacts"] as? [Int] == [0])
        let map = try #require((json["maps"] as? [[String: Any]])?.first)
        #expect((map["values"] as? [Double])?.first == 0)
        #expect(map["patches"] as? [Int] == [1, 2])
    }

    @Test func aLargerSizeHasMorePatches() async throws {
        let json = try await ask(["size": "16", "heads": "mean"]).json
        #expect(json["grid"] as? [String: Int] == ["height": 4, "width": 4])
        #expect(((json["maps"] as? [[String: Any]])?[0]["values"] as? [Double])?.count == 16)
    }

    @Test func aSizeBetweenPatchesIsRoundedDown() async throws {
        let json = try await ask(["size": "15", "heads": "mean"]).json
        #expect(json["size"] as? Int == 12)
        #expect(json["grid"] as? [String: Int] == ["height": 3, "width": 3])
    }

    @Test func ncutFindsOneObject() async throws {
        let json = try await ask(["method": "ncut", "upsampling": "nearest", "size": "16"]).json
        #expect(json["threshold"] == nil)
        let maps = try #require(json["maps"] as? [[String: Any]])
        #expect(maps.map { $0["map"] as? String } == ["ncut"])
        #expect((maps[0]["regions"] as? [Any])?.count ?? 2 <= 1)
    }

    @Test func takesAFormAndJSON() async throws {
        let base64 = Data(image).base64EncodedString()
        let json = try await ask(
            body: Array("{\"image\": \"\(base64)\", \"heads\": [0, \"max\"], \"threshold\": 0.5}".utf8),
            type: "application/json")
        #expect(try maps(json).map { "\($0["map"] ?? "")" } == ["0", "max"])
        #expect(try maps(json)[0]["patches"] as? [Int] == [0])
        let form =
            Array("--b\r\nContent-Disposition: form-data; name=\"image\"; filename=\"a.jpg\"\r\n\r\n".utf8) + image
            + Array("\r\n--b\r\nContent-Disposition: form-data; name=\"heads\"\r\n\r\nmax\r\n--b--\r\n".utf8)
        let answer = try await ask(body: form, type: "multipart/form-data; boundary=b")
        #expect(try maps(answer).map { $0["map"] as? String } == ["max"])
    }

    private static let faults: [([String: String], String)] = [
        (["heads": "1"], "heads 0 to 0"), (["heads": "-1"], "all, mean, max"), (["heads": "first"], "all, mean, max"),
        (["heads": ""], "all, mean, max"), (["heads": "0,0"], "twice"), (["heads": "99999999999999999999"], "numbers"),
        (["threshold": "2"], "between 0 and 1"), (["threshold": "0"], "between 0 and 1"),
        (["threshold": "1"], "between 0 and 1"), (["threshold": "much"], "between 0 and 1"),
        (["threshold": "-1"], "between 0 and 1"), (["threshold": "nan"], "between 0 and 1"),
        (["threshold": "inf"], "between 0 and 1"), (["threshold": "1e-60"], "between 0 and 1"),
        (["threshold": "0.999999999999"], "between 0 and 1"), (["threshold": ""], "between 0 and 1"),
        (["method": "lost"], "attention, ncut"), (["method": "ncut", "heads": "0"], "method=attention"),
        (["method": "ncut", "threshold": "0.5"], "method=attention"), (["size": "3"], "4 to 16"),
        (["size": "17"], "4 to 16"), (["format": "gif"], "json, npy, mask, overlay"),
        (["format": "mask", "heads": "all,mean"], "one of the"), (["upsampling": "cubic"], "nearest, smooth"),
        (["exclude_artefacts": "maybe"], "true or false"), (["rle": "zip"], "compressed, counts"),
        (["head": "0"], "no option"),
    ]

    @Test(arguments: faults)
    func saysWhatIsWrongWithAnOption(_ query: [String: String], _ words: String) async throws {
        let answer = try await ask(query)
        #expect(answer.status == 400)
        #expect((try answer.json["detail"] as? String ?? "").contains(words))
    }

    @Test func refusesWhatIsNoImage() async throws {
        #expect(try await ask(body: Array("text".utf8)).status == 415)
        #expect(try await ask(body: FakeExtractor.image(0)).status == 422)
        #expect(try await ask(body: []).status == 400)
        #expect(try await ask(body: Array("{\"heads\": 0}".utf8), type: "application/json").status == 400)
        #expect(try await ask(body: Array("{\"image\": 7}".utf8), type: "application/json").status == 400)
        #expect(try await ask(body: FakeExtractor.image(255)).status == 500)
    }

    @Test func refusesPicturesThatDoNotFitIntoMemory() async throws {
        let small = InMemoryService(pendingBytes: 4000)
        let request = ServerRequest(
            method: .post, path: "/v1/attention", query: [(name: "format", value: "overlay")],
            headerFields: [.contentType: "image/jpeg"], requestID: "id-1", body: RequestBody(image))
        #expect(try await Answer { try await small.routes.attend(request) }.status == 413)
    }
}

@Suite(.timeLimit(.minutes(1))) struct StoredAttentionTests {
    @Test func storedImagesAreLookedAtToo() async throws {
        let service = try CollectionService()
        try await service.store(100)
        let answer = try await service.call(.get, "/v1/images/1/attention?heads=mean")
        #expect(answer.status == 200)
        #expect(((try answer.json["maps"] as? [[String: Any]])?[0]["area"] as? Int) == 200)
        #expect(try await service.call(.get, "/v1/images/1/attention?format=mask")["Content-Type"] == "image/png")
        #expect(try await service.call(.get, "/v1/images/9/attention").status == 404)
        #expect(try await service.call(.get, "/v1/images/1/attention?threshold=2").status == 400)
    }

    @Test func whoHasTheAnswerIsToldSo() async throws {
        let service = try CollectionService()
        try await service.store(100)
        let target = "/v1/images/1/attention?heads=mean"
        let tag = try #require(try await service.call(.get, target)["ETag"])
        // Two answers say how long they took, so they are equal in what they mean alone.
        #expect(tag.hasPrefix("W/\""))
        let computed = service.extractor.batches.count
        let again = try await service.call(.get, target, fields: ["If-None-Match": tag])
        #expect(again.status == 304 && again.bytes.isEmpty && again["ETag"] == tag && again["Vary"] == "Accept")
        #expect(service.extractor.batches.count == computed)
        for other in [
            "heads=max", "heads=mean&threshold=0.5", "heads=mean&format=mask", "heads=mean&upsampling=smooth",
            "heads=mean&size=16", "heads=mean&rle=counts", "heads=mean&exclude_artefacts=true", "method=ncut",
        ] {
            let answer = try await service.call(
                .get, "/v1/images/1/attention?" + other, fields: ["If-None-Match": tag])
            #expect(answer.status == 200 && answer["ETag"] != tag, "\(other)")
        }
    }

    @Test func anImageWithoutItsFileCannotBeLookedAt() async throws {
        let service = try CollectionService(keepsOriginals: false)
        try await service.store(100)
        let answer = try await service.call(.get, "/v1/images/1/attention")
        #expect(try answer.problem == "original-not-kept")
    }
}

extension Array {
    fileprivate func asyncMap<Other>(_ body: (Element) async throws -> Other) async rethrows -> [Other] {
        var others = [Other]()
        for element in self { others.append(try await body(element)) }
        return others
    }
}
