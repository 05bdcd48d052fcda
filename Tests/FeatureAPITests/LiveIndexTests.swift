import FeatureAPI
import Testing

@Suite(.timeLimit(.minutes(1))) struct LiveIndexTests {
    private let change: ModelChange

    init() throws { change = try ModelChange() }

    @Test func theIndexHasTheVectorThatIsStored() async throws {
        let extractor = OtherExtractor(isGated: true, fault: .drifts)
        let opened = try change.open(extractor)
        let first = Task { try await opened.add([250]) }
        try await eventually { extractor.values.count == 1 }
        let second = Task { try await opened.add([250]) }
        // Neither has found the other stored, and each gets a feature of its own.
        try await eventually { extractor.preparedCount == 2 }
        extractor.open(2)
        let ids = try await first.value
        #expect(try await second.value == ids)

        let active = opened.collection.active
        let source = ModelChange.Vectors(store: opened.store, generation: active.generation.id)
        let vector = try #require(try source.vectors(of: ids)[ids[0]])
        let answer = try active.index.search([vector], k: 1, minimumScore: 0.99, filter: .init(), source: source)
        #expect(answer.hits[0].map(\.id) == ids)
        try opened.close()
    }
}
