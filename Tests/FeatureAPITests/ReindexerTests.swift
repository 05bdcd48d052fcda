import FeatureAPI
import FeatureStorage
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(1))) struct ReindexerTests {
    private let change: ModelChange

    init() throws { change = try ModelChange() }

    private static func reindex(
        _ opened: ModelChange.Opened, options: Reindexer.Options? = nil,
        progress: @escaping @Sendable (ReindexProgress) -> Void = { _ in }
    ) async throws {
        let reindexer = Reindexer(collection: opened.collection, options: options)
        try await reindexer.run(progress: progress) { try await opened.collection.activate($0.id) }
    }

    private static func oneByOne() -> Reindexer.Options {
        var options = Reindexer.Options(imagesInFlight: 1)
        options.transaction = 1
        return options
    }

    @Test func switchesToTheNewFeaturesWhenAllAreThere() async throws {
        let ids = try await change.prepare([1, 2, 3, 9])
        let opened = try change.open(OtherExtractor())
        #expect(opened.collection.active.generation.model.name == "fake")
        #expect(try opened.nearest(to: [9, 1, 0]).first == ids[3])
        try await Self.reindex(opened)
        #expect(opened.collection.active.generation.model.name == "other")
        #expect(opened.collection.active.generation.state == .active)
        // (1, v, 0): the nearest to (1, 1, 0) is 1, and the last is 9.
        #expect(try opened.nearest(to: [1, 1, 0]) == ids)
        #expect(try opened.store.generations().map(\.state) == [.retired, .active])
        try opened.close()
    }

    @Test func keepsTheSwitchThroughAStop() async throws {
        _ = try await change.prepare([1, 2])
        let opened = try change.open(OtherExtractor())
        try await Self.reindex(opened)
        try opened.close()
        let again = try change.open(OtherExtractor())
        #expect(again.collection.active.generation.model.name == "other")
        #expect(again.collection.active.index.count == 2)
        try again.close()
    }

    @Test func searchesGoOnInTheOldFeaturesMeanwhile() async throws {
        let ids = try await change.prepare([1, 2, 3])
        let extractor = OtherExtractor(isGated: true)
        let opened = try change.open(extractor)
        let run = Task { try await Self.reindex(opened, options: Self.oneByOne()) }
        extractor.open(1)
        try await eventually { extractor.values.count == 2 }
        #expect(opened.collection.active.generation.model.name == "fake")
        #expect(try opened.nearest(to: [3, 1, 0]) == ids.reversed())
        extractor.open(1000)
        try await run.value
        #expect(opened.collection.active.generation.model.name == "other")
        try opened.close()
    }

    @Test func takesWhatIsUploadedMeanwhileAlong() async throws {
        let ids = try await change.prepare([1, 2, 3])
        let extractor = OtherExtractor(isGated: true)
        let opened = try change.open(extractor)
        let run = Task { try await Self.reindex(opened, options: Self.oneByOne()) }
        extractor.open(1)
        try await eventually { extractor.values.count == 2 }
        let upload = Task { try await opened.add([50]) }
        extractor.open(1000)
        let new = try await upload.value
        try await run.value
        #expect(try opened.nearest(to: [1, 50, 0]).first == new[0])
        #expect(opened.collection.active.index.count == ids.count + 1)
        #expect(extractor.values.count { $0 == 50 } <= 2)
        try opened.close()
    }

    @Test func passesOverWhatIsDeletedMeanwhile() async throws {
        let ids = try await change.prepare([1, 2, 3])
        let extractor = OtherExtractor(isGated: true)
        let opened = try change.open(extractor)
        let run = Task { try await Self.reindex(opened, options: Self.oneByOne()) }
        try await eventually { extractor.values == [1] }
        #expect(try await opened.collection.remove([ids[0], ids[2]]) == [ids[0], ids[2]])
        extractor.open(1000)
        try await run.value
        #expect(try opened.nearest(to: [1, 1, 0]) == [ids[1]])
        try opened.close()
    }

    @Test func goesOnWhereItWasStopped() async throws {
        _ = try await change.prepare(Array(1...8))
        let first = OtherExtractor(isGated: true)
        var opened = try change.open(first)
        let run = Task { [opened] in try await Self.reindex(opened, options: Self.oneByOne()) }
        first.open(3)
        try await eventually { first.values.count == 4 }
        run.cancel()
        first.open(1000)
        await #expect(throws: CancellationError.self) { try await run.value }
        let stored = try opened.store.generations().first { $0.model.name == "other" }?.count ?? 0
        #expect((2..<8).contains(stored))
        #expect(opened.collection.active.generation.model.name == "fake")
        try opened.close()

        let second = OtherExtractor()
        opened = try change.open(second)
        var options = Self.oneByOne()
        options.sample = 0
        let embedded = Mutex(0)
        try await Self.reindex(opened, options: options) { progress in embedded.withLock { $0 = progress.embedded } }
        #expect(second.values.count == 8 - stored)
        #expect(embedded.withLock { $0 } == 8 - stored)
        #expect(opened.collection.active.index.count == 8)
        try opened.close()
    }

    @Test func addsPatchesToImagesThatWereStoredWithout() async throws {
        let plain = try change.open(FakeExtractor(), keepsPatches: false)
        let ids = try await plain.add([1, 2, 3])
        let generation = plain.collection.ownGeneration.id
        #expect(try plain.store.patches(of: ids, generation: generation).isEmpty)
        try plain.close()
        let opened = try change.open(FakeExtractor())
        let last = Mutex(ReindexProgress())
        try await Self.reindex(opened) { progress in last.withLock { $0 = progress } }
        #expect(try opened.store.patches(of: ids, generation: generation).count == 3)
        #expect(last.withLock { $0.done == 3 && $0.total == 3 && $0.embedded == 3 })
        try opened.close()
    }

    @Test func aDropThatIsCancelledEndsAfterItsStep() async throws {
        _ = try await change.prepare([1, 2])
        let opened = try change.open(OtherExtractor())
        try await Self.reindex(opened)
        let old = try #require(try opened.store.generations().first)
        let drop = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            try await opened.collection.drop(old)
        }
        await #expect(throws: CancellationError.self) { try await drop.value }
        #expect(try opened.store.generations().map(\.state) == [.building, .active])
        try await opened.collection.drop(old)
        #expect(try opened.store.generations().map(\.state) == [.active])
        try opened.close()
    }

    @Test func saysHowFarItIs() async throws {
        _ = try await change.prepare(Array(1...5))
        let opened = try change.open(OtherExtractor())
        let reports = Mutex([ReindexProgress]())
        try await Self.reindex(opened, options: Self.oneByOne()) { progress in reports.withLock { $0.append(progress) }
        }
        let seen = reports.withLock { $0 }
        #expect(seen.first?.done == 0)
        #expect(seen.allSatisfy { $0.total == 5 })
        #expect(seen.map(\.done) == seen.map(\.done).sorted())
        #expect(seen.map(\.phase).filter { $0 != .embedding } == [.verifying, .switching])
        #expect(seen.last?.done == 5)
        #expect(seen.contains { $0.secondsLeft ?? 0 > 0 })
        try opened.close()
    }

    @Test func keepsTheOldFeaturesWhereAnOriginalIsMissing() async throws {
        let ids = try await change.prepare([1], keepsOriginals: false)
        _ = try await change.prepare([2])
        let opened = try change.open(OtherExtractor())
        let unusable = ReindexProgress.Unusable(id: ids[0], reason: "Its original is not stored.")
        await #expect(throws: ReindexError.unusable(count: 1, missing: 1, first: unusable)) {
            try await Self.reindex(opened)
        }
        #expect(opened.collection.active.generation.model.name == "fake")

        // Without that image nothing is in the way.
        _ = try await opened.collection.remove([ids[0]])
        try await Self.reindex(opened)
        #expect(opened.collection.active.index.count == 1)
        try opened.close()
    }

    @Test func takesAFileThatIsSentAgain() async throws {
        let ids = try await change.prepare([1], keepsOriginals: false)
        let opened = try change.open(OtherExtractor())
        await #expect(throws: ReindexError.self) { try await Self.reindex(opened) }
        // What the error says to do about an image without a key.
        #expect(try await opened.add([1]) == ids)
        try await Self.reindex(opened)
        #expect(try opened.nearest(to: [1, 1, 0]) == ids)
        try opened.close()
    }

    @Test func saysWhatToDoAboutEachFault() {
        func advice(_ missing: Int) -> String {
            ReindexError.unusable(count: 2, missing: missing, first: .init(id: 1, reason: "")).description
        }
        #expect(advice(2).contains("POST /v1/images for one that has none") && !advice(2).contains("decoded"))
        #expect(!advice(0).contains("send them again") && advice(0).contains("2 cannot be decoded"))
        #expect(advice(1).contains("send them again") && advice(1).contains("1 cannot be decoded"))
    }

    @Test func activatesNothingInAnEmptyCollectionBeforeTheSwitch() async throws {
        struct Stopped: Error {}
        let ids = try await change.prepare([1])
        let opened = try change.open(OtherExtractor())
        #expect(try await opened.collection.remove(ids) == ids)
        await #expect(throws: Stopped.self) {
            try await Reindexer(collection: opened.collection).run { _ in
            } activating: { _ in
                throw Stopped()
            }
        }
        let active = try opened.store.generations().first { $0.state == .active }
        #expect(active?.id == opened.collection.active.generation.id)
        try await Self.reindex(opened)
        #expect(opened.collection.active.generation.model.name == "other")
        #expect(opened.collection.active.generation.state == .active)
        try opened.close()
    }

    @Test func keepsTheOldFeaturesWhereAnImageIsRefused() async throws {
        let ids = try await change.prepare([6, 7, 8])
        let opened = try change.open(OtherExtractor(fault: .refusesSeven))
        let last = Mutex(ReindexProgress())
        let error = await #expect(throws: ReindexError.self) {
            try await Self.reindex(opened) { progress in last.withLock { $0 = progress } }
        }
        #expect(error?.description.contains("image \(ids[1]): Seven is not decoded. Nothing is left out") == true)
        #expect(last.withLock { $0.unusable.map(\.id) } == [ids[1]])
        #expect(last.withLock { $0.done } == 2)
        #expect(opened.collection.active.generation.model.name == "fake")
        try opened.close()
    }

    @Test func keepsTheOldFeaturesWhereTheModelAnswersOtherwiseTheSecondTime() async throws {
        _ = try await change.prepare([1, 2, 3])
        let opened = try change.open(OtherExtractor(fault: .drifts))
        let error = await #expect(throws: ReindexError.self) { try await Self.reindex(opened) }
        guard case .sample = error else {
            Issue.record("\(error.debugDescription) is not about the sample")
            return
        }
        #expect(opened.collection.active.generation.model.name == "fake")
        try opened.close()
    }

    @Test func hasNothingToDoWithTheModelThatIsActive() async throws {
        let ids = try await change.prepare([1, 2])
        let extractor = FakeExtractor()
        let opened = try change.open(extractor)
        var options = Self.oneByOne()
        options.sample = 0
        try await Self.reindex(opened, options: options)
        #expect(extractor.batches.isEmpty)
        #expect(try opened.nearest(to: [1, 1, 0]) == ids)
        try opened.close()
    }
}
