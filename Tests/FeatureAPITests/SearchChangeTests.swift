import FeatureAPI
import FeatureStorage
import Foundation
import HTTPServer
import HTTPTypes
import Testing

/// Searches while the collection changes under them.
@Suite(.timeLimit(.minutes(1))) struct SearchChangeTests {
    private let change: ModelChange

    init() throws { change = try ModelChange() }

    @Test func aHitWhoseLabelChangedIsNone() async throws {
        let service = try CollectionService()
        try await service.store(1, query: "?label=cat")
        try await service.store(2, query: "?label=dog")
        let token = try #require(try service.store.labelToken("cat"))
        // As between the scan and the reading of what it found: the scan still sees the old label.
        service.collection.active.index.setLabel(token, of: 2)
        #expect(try await service.search(["vector": [1, 0, 0], "filter": ["label": "cat"]]) == [1])
        service.collection.active.index.setLabel(0, of: 2)
        #expect(try await service.search(["vector": [1, 0, 0], "filter": ["label": NSNull()]]) == [])
    }

    @Test func anImageIsLookedForInTheFeaturesThatAreActiveOnceItIsEmbedded() async throws {
        _ = try await change.prepare([1, 2])
        let other = try change.open(OtherExtractor())
        try await Reindexer(collection: other.collection).run { _ in
        } activating: { [other] in
            try await other.collection.activate($0.id)
        }
        try other.close()

        let extractor = FakeExtractor(isGated: true)
        let opened = try change.open(extractor)
        let generations = try opened.store.generations().map(\.id)
        try await opened.collection.activate(generations[0])
        let routes = FeatureRoutes(
            pipeline: opened.pipeline, health: Health(opened.pipeline), collection: opened.collection
        ).all
        let search = try #require(routes.first { $0.path == "/v1/search" })
        let request = ServerRequest(
            method: .post, path: "/v1/search", headerFields: [.contentType: "image/jpeg"],
            body: RequestBody(FakeExtractor.image(2)))
        let answer = Task { try await Answer { try await search.handler(request) } }
        try await eventually { extractor.batches.count == 1 }
        try await opened.collection.activate(generations[1])
        extractor.open()
        #expect(try await answer.value.problem == "other-model")
        try opened.close()
    }
}
