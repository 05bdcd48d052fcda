import FeatureAPI
import FeatureStorage
import HTTPServer
import HTTPTypes
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(1))) struct MapRouteTests {
    private let service: CollectionService<FakeExtractor>
    init() throws { service = try CollectionService() }

    private func map(_ query: String = "", _ fields: [String: String] = [:]) async throws -> Answer {
        try await service.call(.get, "/v1/map\(query)", fields: fields)
    }

    private func layOut() async throws { try await service.collection.layOut { _ in } }

    /// A column of a map.
    private func column<Value>(_ name: String, _ answer: Answer, as: Value.Type = Value.self) throws -> [Value] {
        try #require(try answer.json[name] as? [Value])
    }

    @Test func showsTheImagesByPrincipalComponents() async throws {
        var ids = [Int]()
        for (value, label) in [(1, "?label=cat"), (2, ""), (9, "?label=dog"), (200, "?label=cat")] {
            ids.append(try await service.store(UInt8(value), query: label))
        }
        let answer = try await map()
        #expect(answer.status == 200)
        let json = try answer.json
        #expect(json["object"] as? String == "map")
        #expect(json["method"] as? String == "pca")
        #expect(json["generation"] as? Int == 1)
        #expect(json["fingerprint"] as? String == service.extractor.model.fingerprint)
        #expect(json["images"] as? Int == 4)
        #expect(json["sampled"] as? Bool == false)
        #expect(json["missing"] as? Int == 0)
        #expect(try column("ids", answer) == ids)
        let x = try column("x", answer, as: Double.self), y = try column("y", answer, as: Double.self)
        #expect(x.count == 4 && y.count == 4)
        #expect(x.min() == -1 && x.max() == 1)
        #expect((y.min() ?? 1) + (y.max() ?? 1) < 1e-4)
        // Vectors (v, 1, 0) of length 1 lie on an arc, of which larger values are at one end.
        #expect(x == x.sorted() || x == x.sorted(by: >))
        #expect(try column("labels", answer) == ["cat", "dog"])
        #expect((json["label"] as? [Any])?.map { $0 as? Int } == [0, nil, 1, 0])
        let explained = try column("explained_variance", answer, as: Double.self)
        #expect(explained.count == 2 && explained[0] > explained[1] && abs(explained[0] + explained[1] - 1) < 1e-3)
        #expect(service.pipeline.admission.isIdle)
    }

    @Test(arguments: ["", "?method=pca"]) func showsAnEmptyCollection(_ query: String) async throws {
        let answer = try await map(query)
        #expect(answer.status == 200)
        #expect(try answer.json["images"] as? Int == 0)
        for name in ["ids", "x", "y", "labels", "label"] { #expect((try answer.json[name] as? [Any])?.isEmpty == true) }
    }

    @Test func showsOneImageInTheMiddle() async throws {
        try await service.store(5)
        let answer = try await map()
        #expect(try column("x", answer, as: Double.self) == [0])
        #expect(try column("y", answer, as: Double.self) == [0])
    }

    @Test func showsWhatTheJobLaidOutOnceItHas() async throws {
        for value in 1...8 { try await service.store(UInt8(value), query: "?label=cat") }
        let missing = try await map("?method=neighbors")
        #expect(missing.status == 404)
        #expect(try missing.problem == "no-map")
        #expect((try missing.json["detail"] as? String)?.contains(#"{"kind": "map"}"#) == true)
        try await layOut()
        let answer = try await map()
        #expect(try answer.json["method"] as? String == "neighbors")
        #expect(try answer.json["explained_variance"] == nil)
        #expect(try column("ids", answer, as: Int.self).count == 8)
        #expect(Set(try column("x", answer, as: Double.self)).count > 1)
        #expect(try column("labels", answer) == ["cat"])
        #expect(try await map("?method=neighbors").bytes == answer.bytes)
        #expect(try await map("?method=pca").json["method"] as? String == "pca")
    }

    @Test func countsWhatCameLaterAndLeavesOutWhatIsGone() async throws {
        var ids = [Int]()
        for value in 1...5 { ids.append(try await service.store(UInt8(value))) }
        try await layOut()
        ids.append(try await service.store(77))
        _ = try await service.call(.delete, "/v1/images/\(ids[1])")
        let answer = try await map()
        #expect(try column("ids", answer) == [ids[0], ids[2], ids[3], ids[4]])
        #expect(try answer.json["images"] as? Int == 5)
        #expect(try answer.json["missing"] as? Int == 1)
        #expect(try column("x", answer, as: Double.self).count == 4)
        let direct = try await map("?method=pca")
        #expect(try column("ids", direct) == [ids[0], ids[2], ids[3], ids[4], ids[5]])
        #expect(try direct.json["missing"] as? Int == 0)
    }

    @Test func showsASampleOfManyImages() async throws {
        let service = try CollectionService(FakeExtractor(), largestMap: 3)
        var ids = [Int]()
        for value in 1...8 { ids.append(try await service.store(UInt8(value))) }
        try await service.collection.layOut { _ in }
        for method in ["pca", "neighbors"] {
            let answer = try await service.call(.get, "/v1/map?method=\(method)")
            #expect(try answer.json["sampled"] as? Bool == true)
            #expect(try answer.json["images"] as? Int == 8)
            #expect(try answer.json["missing"] as? Int == 0)
            #expect(try column("ids", answer) == [ids[0], ids[3], ids[6]])
        }
        try await service.store(100)
        #expect(try await service.call(.get, "/v1/map").json["missing"] as? Int == 1)
    }

    @Test func saysThatNothingChanged() async throws {
        let id = try await service.store(1)
        try await service.store(2)
        for method in ["pca", "neighbors"] {
            if method == "neighbors" { try await layOut() }
            let first = try await map()
            let tag = try #require(first["ETag"])
            #expect(first["Cache-Control"] == "no-cache")
            let again = try await map("?method=\(method)", ["If-None-Match": tag])
            #expect(again.status == 304)
            #expect(again.bytes.isEmpty)
            #expect(again["ETag"] == tag)
        }
        var tags = [String?]()
        tags.append(try await map()["ETag"])
        _ = try await service.call(.patch, "/v1/images/\(id)", json: ["label": "cat"])
        tags.append(try await map()["ETag"])
        try await service.store(3)
        tags.append(try await map()["ETag"])
        try await layOut()
        tags.append(try await map()["ETag"])
        _ = try await service.call(.delete, "/v1/images/\(id)")
        tags.append(try await map()["ETag"])
        tags.append(try await map("?method=pca")["ETag"])
        #expect(Set(tags).count == 6)
        #expect(try await map("", ["If-None-Match": #require(tags[0])]).status == 200)
    }

    @Test func oneThatTookLongStandsWhileImagesComeAndGo() async throws {
        let service = try CollectionService(
            FakeExtractor(), principalMaps: PrincipalMapMemory(cheap: .zero, times: 1_000_000))
        var ids = [Int]()
        for value in 1...3 { ids.append(try await service.store(UInt8(value))) }
        let first = try await service.call(.get, "/v1/map")
        ids.append(try await service.store(9))
        _ = try await service.call(.delete, "/v1/images/\(ids[0])")
        let second = try await service.call(.get, "/v1/map")
        #expect(try column("ids", second) == [ids[1], ids[2]])
        #expect(try second.json["images"] as? Int == 3 && second.json["missing"] as? Int == 1)
        #expect(first["ETag"] != second["ETag"])
        let again = try await service.call(.get, "/v1/map", fields: ["If-None-Match": try #require(second["ETag"])])
        #expect(again.status == 304)
    }

    /// A reservation counts what labels take before they are read.
    @Test func labelsWithoutRoomAreRefused() async throws {
        let long = String(repeating: "x", count: 250)
        for value in 1...3 { try await service.store(UInt8(value), query: "?label=\(value)\(long)") }
        let room = Reservation(service.pipeline.admission)
        try room.extend(bytes: service.pipeline.admission.limits.bytes - 1000)
        #expect(try await map().status == 429)
        room.shrink(toBytes: 0)
        #expect(try await map().status == 200)
    }

    @Test func labelsThatChangeAreShownAtOnce() async throws {
        let id = try await service.store(1, query: "?label=cat")
        #expect(try column("labels", try await map()) == ["cat"])
        _ = try await service.call(.patch, "/v1/images/\(id)", json: ["label": "dog"])
        #expect(try column("labels", try await map()) == ["dog"])
    }

    @Test(arguments: [
        ("?method=umap", "invalid-option"), ("?method=", "invalid-option"),
        ("?method=pca&method=pca", "invalid-option"),
        ("?size=3", "unknown-option"),
    ])
    func refusesOtherOptions(_ query: String, _ problem: String) async throws {
        let answer = try await map(query)
        #expect(answer.status == 400)
        #expect(try answer.problem == problem)
    }

    @Test func hasNoMapWithoutACollection() async throws {
        let route = try #require(InMemoryService().routes.all.first { $0.path == "/v1/map" })
        let answer = try await Answer { try await route.handler(InMemoryService.plainRequest) }
        #expect(answer.status == 404)
        #expect(try answer.problem == "no-collection")
    }

    @Test func saysHowFarTheLayoutIs() async throws {
        for value in 1...5 { try await service.store(UInt8(value)) }
        let reports = Mutex([MapProgress]())
        try await service.collection.layOut { report in reports.withLock { $0.append(report) } }
        let phases = reports.withLock { $0.map(\.phase) }
        #expect(phases.first == .neighbors && phases.contains(.projecting) && phases.last == .layout)
        #expect(reports.withLock { $0.allSatisfy { $0.done <= $0.total } })
        #expect(reports.withLock { $0.last } == MapProgress(phase: .layout, done: 500, total: 500))
    }

    @Test(arguments: [MapProgress.Phase.neighbors, .layout])
    func aLayoutThatIsCancelledStoresNothing(_ phase: MapProgress.Phase) async throws {
        for value in 1...5 { try await service.store(UInt8(value)) }
        let collection = service.collection
        let board = JobBoard { _, report in
            try await collection.layOut { progress in
                report(.map(progress))
                if progress.phase == phase { withUnsafeCurrentTask { $0?.cancel() } }
            }
        }
        _ = try board.start(.map)
        try await eventually { board.jobs[0].state == .cancelled }
        guard case .map(let progress)? = board.jobs[0].progress else { return #expect(board.jobs[0].progress != nil) }
        #expect(progress.phase == phase)
        #expect(try await map("?method=neighbors").status == 404)
        #expect(try await map().json["method"] as? String == "pca")
    }
}
