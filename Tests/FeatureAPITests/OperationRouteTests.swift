import FeatureAPI
import Testing

@Suite(.timeLimit(.minutes(1))) struct OperationRouteTests {
    private let service = InMemoryService()

    @Test func listsTheModelWithItsLimits() throws {
        let model = try #require(try Answer(service.routes.listModels).items.first)
        #expect(model["id"] as? String == "fake")
        #expect(model["fingerprint"] as? String == service.extractor.model.fingerprint)
        #expect((model["architecture"] as? [String: Int])?["patch_size"] == 4)
        #expect((model["preprocessing"] as? [String: Any])?["filter"] as? String == "bicubic")
        #expect(model["provenance"] as? [String: String] == ["data": "none"])
        #expect((model["limits"] as? [String: Int])?["maximum_size"] == 16)
    }

    @Test func saysWhatElseMayBeAskedFor() async throws {
        let bare = try Answer(service.routes.listModels)
        #expect(try bare.json["collection"] as? Bool == false)
        #expect(try bare.items.first?["card"] as? Bool == false)
        #expect(try bare.items.first?["fast_decode"] as? Bool == false)
        let full = try await CollectionService(FakeExtractor(card: "# A card")).call(.get, "/v1/models")
        #expect(try full.json["collection"] as? Bool == true)
        #expect(try full.items.first?["card"] as? Bool == true)
    }

    @Test func givesTheModelsCardAsItIs() throws {
        let answer = try Answer(InMemoryService(FakeExtractor(card: "# Größe\n")).routes.modelCard)
        #expect(answer["Content-Type"] == "text/markdown; charset=utf-8")
        #expect(answer.bytes == Array("# Größe\n".utf8))
    }

    @Test func saysWhereACardWouldLie() throws {
        let answer = try Answer(service.routes.modelCard)
        #expect(try answer.status == 404 && answer.problem == "no-model-card")
    }

    @Test func isReadyUntilItDrains() throws {
        #expect(try Answer(service.routes.ready).status == 200)
        service.health.beginDraining()
        let answer = try Answer(service.routes.ready)
        #expect(answer.status == 503)
        #expect(answer["Retry-After"] == "1")
        #expect(try answer.problem == "stopping")
        #expect(try Answer(service.routes.live).status == 200)
    }

    @Test func isNotReadyWhileThreeQuartersOfTheQueueAreTaken() throws {
        var waiting: Reservation? = Reservation(service.pipeline.admission)
        try waiting?.extend(images: 193)
        let answer = try Answer(service.routes.ready)
        #expect(answer.status == 503)
        #expect(try answer.problem == "overloaded")
        #expect((1...60).contains(Int(answer["Retry-After"] ?? "") ?? 0))
        withExtendedLifetime(waiting) {}
        waiting = nil
        #expect(try Answer(service.routes.ready).status == 200)
    }

    @Test func servesTheContract() throws {
        #expect(try Answer(service.routes.contract).bytes == OpenAPIDocument.bytes)
    }
}
