import FeatureAPI
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(1))) struct JobBoardTests {
    /// Work that goes on until it is let go or cancelled.
    private final class Gate: Sendable {
        private let isOpen = Atomic(false)
        func open() { isOpen.store(true, ordering: .relaxed) }
        func wait() async throws {
            while !isOpen.load(ordering: .relaxed) { try await Task.sleep(for: .milliseconds(1)) }
        }
    }

    @Test func doesAJobAndRemembersIt() async throws {
        let board = JobBoard { work, report in
            #expect(work == .activate(fingerprint: "f"))
            var progress = ReindexProgress()
            progress.total = 7
            report(.reindex(progress))
        }
        let job = try board.start(.activate(fingerprint: "f"))
        #expect(job.id == 1)
        #expect(job.state == .running)
        try await eventually { board.jobs[0].state == .succeeded }
        let ended = try board.job(1)
        guard case .reindex(let progress)? = ended.progress else { return #expect(ended.progress != nil) }
        #expect(progress.total == 7)
        #expect(try #require(ended.finishedAt) >= ended.startedAt)
    }

    @Test func doesOneAtATime() async throws {
        let gate = Gate()
        let board = JobBoard { _, _ in try await gate.wait() }
        _ = try board.start(.reindex)
        let error = #expect(throws: FeatureAPIError.self) { _ = try board.start(.reindex) }
        #expect(error?.kind == .jobRunning)
        gate.open()
        try await eventually { board.jobs[0].state == .succeeded }
        #expect(try board.start(.reindex).id == 2)
        await board.stop()
    }

    @Test func cancelsAJob() async throws {
        let gate = Gate()
        let board = JobBoard { _, _ in try await gate.wait() }
        _ = try board.start(.reindex)
        #expect(try board.cancel(1).state == .cancelling)
        try await eventually { board.jobs[0].state == .cancelled }
        let error = #expect(throws: FeatureAPIError.self) { _ = try board.cancel(1) }
        #expect(error?.kind == .jobEnded)
    }

    @Test func saysWhyAJobFailed() async throws {
        let lines = Mutex([String]())
        let unusable = ReindexError.unusable(count: 2, missing: 1, first: .init(id: 5, reason: "Torn."))
        let board = JobBoard { line in
            lines.withLock { $0.append(line) }
        } worker: { _, _ in
            throw unusable
        }
        _ = try board.start(.reindex)
        try await eventually { board.jobs[0].state == .failed }
        #expect(board.jobs[0].error?.detail.contains("the first is image 5: Torn.") == true)
        try await eventually { lines.withLock { $0.count } == 2 }
        #expect(lines.withLock { $0[1] }.hasPrefix("job 1 (reindex) failed: 2 images"))
    }

    @Test func keepsWhatNobodyForesawForTheLog() async throws {
        struct Surprise: Error {}
        let board = JobBoard { _, _ in throw Surprise() }
        _ = try board.start(.reindex)
        try await eventually { board.jobs[0].state == .failed }
        #expect(board.jobs[0].error?.kind == .jobFailed)
        #expect(board.jobs[0].error?.detail.contains("Surprise") == false)
        #expect(board.jobs[0].error?.logEntry?.contains("Surprise") == true)
    }

    @Test func remembersTheLastFifty() async throws {
        let board = JobBoard { _, _ in }
        for number in 1...60 {
            _ = try board.start(.reindex)
            try await eventually { board.jobs[0].id == number && board.jobs[0].state == .succeeded }
        }
        #expect(board.jobs.map(\.id) == (11...60).reversed())
        let error = #expect(throws: FeatureAPIError.self) { _ = try board.job(10) }
        #expect(error?.kind == .unknownJob)
    }

    @Test func stopsWithTheServer() async throws {
        let gate = Gate()
        let board = JobBoard { _, _ in try await gate.wait() }
        _ = try board.start(.reindex)
        await board.stop()
        #expect(board.jobs[0].state == .cancelled)
        let error = #expect(throws: FeatureAPIError.self) { _ = try board.start(.reindex) }
        #expect(error?.kind == .stopping)
    }

    @Test(arguments: [
        (#"{"kind": "reindex"}"#, Job.Work.reindex),
        (#"{"kind": "map"}"#, .map),
        (#"{"kind": "activate", "fingerprint": "f"}"#, .activate(fingerprint: "f")),
        (#"{"fingerprint": "f", "kind": "drop"}"#, .drop(fingerprint: "f")),
    ])
    func readsWhatIsToBeDone(_ text: String, _ work: Job.Work) throws {
        #expect(try Job.Work(json: Array(text.utf8)) == work)
    }

    @Test(arguments: [
        ("[]", FeatureAPIError.Kind.malformedBody), ("{", .malformedBody), ("{}", .invalidOption),
        (#"{"kind": "dance"}"#, .invalidOption), (#"{"kind": 1}"#, .invalidOption),
        (#"{"kind": "activate"}"#, .invalidOption), (#"{"kind": "drop"}"#, .invalidOption),
        (#"{"kind": "drop", "fingerprint": null}"#, .invalidOption),
        (#"{"kind": "reindex", "fingerprint": "f"}"#, .invalidOption),
        (#"{"kind": "map", "fingerprint": "f"}"#, .invalidOption),
        (#"{"kind": "reindex", "skip": true}"#, .unknownOption),
    ])
    func refusesWhatCannotBeDone(_ text: String, _ kind: FeatureAPIError.Kind) {
        let error = #expect(throws: FeatureAPIError.self) { _ = try Job.Work(json: Array(text.utf8)) }
        #expect(error?.kind == kind)
    }
}
