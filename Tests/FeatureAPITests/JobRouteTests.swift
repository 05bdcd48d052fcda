import FeatureAPI
import HTTPServer
import HTTPTypes
import Testing

@Suite(.timeLimit(.minutes(1))) struct JobRouteTests {
    private let change: ModelChange
    private let open: AdminAccess

    init() throws {
        change = try ModelChange()
        open = AdminAccess(key: "", isLoopback: true)
    }

    /// The service around a collection.
    private struct Service {
        let opened: ModelChange.Opened
        let board: JobBoard
        let routes: [Route]

        init(_ opened: ModelChange.Opened, access: AdminAccess) {
            self.opened = opened
            board = JobBoard(collection: opened.collection)
            routes =
                FeatureRoutes(
                    pipeline: opened.pipeline, health: Health(opened.pipeline), collection: opened.collection,
                    jobs: board, access: access
                ).all
        }

        func answer(
            _ method: HTTPRequest.Method, _ path: String, _ body: String = "", type: String? = "application/json",
            key: String? = nil
        ) async throws -> Answer {
            let pattern = path.hasPrefix("/v1/jobs/") ? "/v1/jobs/{id}" : path
            let route = try #require(routes.first { $0.method == method && $0.path == pattern })
            var fields = HTTPFields()
            fields[.contentType] = type
            fields[.authorization] = key.map { "Bearer \($0)" }
            let request = ServerRequest(
                method: method, path: path, pathParameters: ["id": String(path.split(separator: "/").last ?? "")],
                headerFields: fields, requestID: "id-1", body: RequestBody(Array(body.utf8)))
            return try await Answer { try await route.handler(request) }
        }

        /// Begins a job and waits for its end.
        func job(_ body: String) async throws -> Answer {
            let begun = try await answer(.post, "/v1/jobs", body)
            #expect(begun.status == 202)
            let path = try #require(begun["Location"])
            while true {
                let job = try await answer(.get, path)
                let status = try #require(try job.json["status"] as? String)
                if status != "running", status != "cancelling" { return job }
                try await Task.sleep(for: .milliseconds(1))
            }
        }

        func generations() async throws -> [String: [String: Any]] {
            let items = try await answer(.get, "/v1/generations").items
            return Dictionary(uniqueKeysWithValues: items.map { ($0["model"] as? String ?? "", $0) })
        }
    }

    @Test func reembedsACollection() async throws {
        _ = try await change.prepare([1, 2, 3])
        let service = Service(try change.open(OtherExtractor()), access: open)
        var generations = try await service.generations()
        #expect(generations["fake"]?["state"] as? String == "active")
        #expect(generations["fake"]?["complete"] as? Bool == true)
        #expect(generations["fake"]?["loaded"] as? Bool == false)
        #expect(generations["other"]?["state"] as? String == "building")
        #expect(generations["other"]?["count"] as? Int == 0)
        #expect(generations["other"]?["images"] as? Int == 3)

        let job = try await service.job(#"{"kind": "reindex"}"#).json
        #expect(job["status"] as? String == "succeeded")
        #expect(job["kind"] as? String == "reindex")
        #expect((job["finished_at"] as? String)?.hasSuffix("Z") == true)
        let progress = try #require(job["progress"] as? [String: Any])
        #expect(progress["done"] as? Int == 3)
        #expect(progress["total"] as? Int == 3)
        #expect(progress["phase"] as? String == "switching")
        generations = try await service.generations()
        #expect(generations["fake"]?["state"] as? String == "retired")
        #expect(generations["other"]?["state"] as? String == "active")
        try service.opened.close()
    }

    @Test func goesBackToTheFeaturesFromBefore() async throws {
        let ids = try await change.prepare([1, 9])
        let service = Service(try change.open(OtherExtractor()), access: open)
        _ = try await service.job(#"{"kind": "reindex"}"#)
        #expect(try service.opened.nearest(to: [1, 1, 0]) == ids)
        let old = FakeExtractor().model.fingerprint
        let job = try await service.job(#"{"kind": "activate", "fingerprint": "\#(old)"}"#).json
        #expect(job["status"] as? String == "succeeded")
        #expect(job["fingerprint"] as? String == old)
        #expect(try service.opened.nearest(to: [9, 1, 0]) == ids.reversed())
        #expect(service.opened.collection.active.generation.model.name == "fake")
        try service.opened.close()
    }

    @Test func doesNotGoBackToFeaturesThatLackAnImage() async throws {
        _ = try await change.prepare([1])
        let service = Service(try change.open(OtherExtractor()), access: open)
        _ = try await service.job(#"{"kind": "reindex"}"#)
        _ = try await service.opened.add([2])
        let old = FakeExtractor().model.fingerprint
        let refused = try await service.answer(
            .post, "/v1/jobs", #"{"kind": "activate", "fingerprint": "\#(old)"}"#)
        #expect(refused.status == 409)
        #expect(try refused.problem == "not-embedded")
        #expect((try refused.json["detail"] as? String)?.contains("lacks the features of 1 image") == true)
        #expect(service.board.jobs.count == 1)
        #expect(service.opened.collection.active.generation.model.name == "other")
        #expect(service.opened.collection.active.index.count == 2)
        try service.opened.close()
    }

    @Test func dropsFeaturesNobodyNeeds() async throws {
        _ = try await change.prepare([1, 2])
        let service = Service(try change.open(OtherExtractor()), access: open)
        let old = FakeExtractor().model.fingerprint
        let active = try await service.answer(.post, "/v1/jobs", #"{"kind": "drop", "fingerprint": "\#(old)"}"#)
        #expect(active.status == 409)
        #expect(try active.problem == "generation-in-use")
        _ = try await service.job(#"{"kind": "reindex"}"#)
        let dropped = try await service.job(#"{"kind": "drop", "fingerprint": "\#(old)"}"#).json
        #expect(dropped["status"] as? String == "succeeded")
        #expect(try await Array(service.generations().keys) == ["other"])
        let unknown = try await service.answer(
            .post, "/v1/jobs", #"{"kind": "drop", "fingerprint": "\#(old)"}"#)
        #expect(unknown.status == 404)
        #expect(try unknown.problem == "unknown-generation")
        try service.opened.close()
    }

    @Test func doesNotDropWhatUploadsAddTo() async throws {
        _ = try await change.prepare([1])
        let service = Service(try change.open(OtherExtractor()), access: open)
        let refused = try await service.answer(
            .post, "/v1/jobs", #"{"kind": "drop", "fingerprint": "\#(OtherExtractor.fingerprint)"}"#)
        #expect(refused.status == 409)
        #expect(try refused.problem == "generation-in-use")
        #expect(service.board.jobs.isEmpty)
        try service.opened.close()
    }

    @Test func laysOutAMap() async throws {
        _ = try await change.prepare([1, 2, 3])
        let service = Service(try change.open(FakeExtractor()), access: open)
        let job = try await service.job(#"{"kind": "map"}"#).json
        #expect(job["status"] as? String == "succeeded")
        #expect(job["kind"] as? String == "map")
        let progress = try #require(job["progress"] as? [String: Any])
        #expect(progress["phase"] as? String == "layout")
        #expect(progress["done"] as? Int == 500)
        #expect(progress["total"] as? Int == 500)
        let stored = try #require(try service.opened.store.layout(of: 1))
        #expect(stored.method == "neighbors")
        #expect(stored.ids.count == 3 && stored.images == 3 && stored.lastImage == stored.ids[2])
        try service.opened.close()
    }

    @Test func cancelsAJob() async throws {
        _ = try await change.prepare([1, 2, 3])
        let extractor = OtherExtractor(isGated: true)
        let service = Service(try change.open(extractor), access: open)
        let begun = try await service.answer(.post, "/v1/jobs", #"{"kind": "reindex"}"#)
        #expect(begun.status == 202)
        #expect(begun["Location"] == "/v1/jobs/1")
        let second = try await service.answer(.post, "/v1/jobs", #"{"kind": "reindex"}"#)
        #expect(second.status == 409)
        #expect(try second.problem == "job-running")
        let cancelled = try await service.answer(.delete, "/v1/jobs/1")
        #expect(cancelled.status == 202)
        #expect(try cancelled.json["status"] as? String == "cancelling")
        extractor.open(1000)
        try await eventually { service.board.jobs[0].state == .cancelled }
        #expect(try await service.answer(.delete, "/v1/jobs/1").status == 409)
        #expect(try await service.answer(.get, "/v1/jobs").items.map { $0["status"] as? String } == ["cancelled"])
        #expect(service.opened.collection.active.generation.model.name == "fake")
        try service.opened.close()
    }

    @Test(arguments: ["2", "0", "-1", "01", "x", "99999999999999999999"])
    func doesNotKnowOtherJobs(_ id: String) async throws {
        let service = Service(try change.open(FakeExtractor()), access: open)
        #expect(try await service.answer(.get, "/v1/jobs/\(id)").status == 404)
        #expect(try await service.answer(.delete, "/v1/jobs/\(id)").status == 404)
        try service.opened.close()
    }

    @Test func refusesBodiesThatAreNoJob() async throws {
        let service = Service(try change.open(FakeExtractor()), access: open)
        #expect(try await service.answer(.post, "/v1/jobs", "").problem == "empty-body")
        #expect(try await service.answer(.post, "/v1/jobs", "{").problem == "malformed-body")
        #expect(try await service.answer(.post, "/v1/jobs", #"{"kind": "dance"}"#).problem == "invalid-option")
        #expect(try await service.answer(.post, "/v1/jobs", "{}", type: "text/plain").status == 415)
        #expect(try await service.answer(.post, "/v1/jobs", "{}", type: nil).status == 415)
        #expect(service.board.jobs.isEmpty)
        try service.opened.close()
    }

    @Test func letsNobodyBeginOrStopAJobWithoutTheKey() async throws {
        let service = Service(try change.open(FakeExtractor()), access: AdminAccess(key: "k", isLoopback: true))
        let body = #"{"kind": "reindex"}"#
        #expect(try await service.answer(.post, "/v1/jobs", body).status == 401)
        #expect(try await service.answer(.delete, "/v1/jobs/1").status == 401)
        #expect(try await service.answer(.get, "/v1/jobs").status == 200)
        #expect(try await service.answer(.post, "/v1/jobs", body, key: "k").status == 202)
        try await eventually { service.board.jobs[0].state == .succeeded }
        try service.opened.close()
    }

    @Test func letsNobodyBeginAJobFromOutside() async throws {
        let service = Service(try change.open(FakeExtractor()), access: AdminAccess(key: "", isLoopback: false))
        #expect(try await service.answer(.post, "/v1/jobs", #"{"kind": "reindex"}"#).status == 403)
        try service.opened.close()
    }

    @Test func hasNoJobsWithoutACollection() async throws {
        let routes = InMemoryService().routes.all
        for path in ["/v1/jobs", "/v1/jobs/{id}", "/v1/generations"] {
            let route = try #require(routes.first { $0.path == path && $0.method == .get })
            let answer = try await Answer { try await route.handler(InMemoryService.plainRequest) }
            #expect(try answer.problem == "no-collection")
        }
    }
}
