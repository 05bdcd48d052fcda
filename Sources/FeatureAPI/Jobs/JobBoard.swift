import Foundation
import Synchronization

/// The jobs since the server started: one under way at most, and the last fifty.
///
/// They are in memory alone. What a job has done is in the store, so one that a stop of the server ended is simply started
/// again, and takes what is missing.
public final class JobBoard: Sendable {
    /// What does a job's work; it reports progress, and looks at its task's cancellation.
    package typealias Worker =
        @Sendable (
            _ work: Job.Work, _ report: @escaping @Sendable (Job.Progress) -> Void
        ) async throws -> Void

    private struct State {
        var jobs = [Job]()
        var next = 1
        var task: Task<Void, Never>?
        var isStopped = false
    }

    private let state = Mutex(State())
    private let worker: Worker
    private let log: @Sendable (String) -> Void

    /// A board whose jobs `worker` does; `log` gets a sentence when one begins and when it ends.
    package init(log: @escaping @Sendable (String) -> Void = { _ in }, worker: @escaping Worker) {
        (self.worker, self.log) = (worker, log)
    }

    /// The most jobs that are remembered.
    package static let longestHistory = 50

    /// All that are remembered, the newest first.
    package var jobs: [Job] { state.withLock { $0.jobs.reversed() } }

    /// The job of a number.
    ///
    /// - Throws: ``FeatureAPIError`` where none of those that are remembered has it.
    package func job(_ id: Int) throws(FeatureAPIError) -> Job {
        guard let job = state.withLock({ state in state.jobs.first { $0.id == id } }) else { throw Self.unknown(id) }
        return job
    }

    /// Begins a job, and does not wait for it.
    ///
    /// - Throws: ``FeatureAPIError`` where another one is under way, or the server is stopping.
    package func start(_ work: Job.Work) throws(FeatureAPIError) -> Job {
        let result = state.withLock { state -> Result<Job, FeatureAPIError> in
            if state.isStopped { return .failure(FeatureAPIError(.stopping, "The server is stopping.", retryAfter: 1)) }
            if let other = state.jobs.last, other.state.isUnderWay { return .failure(Self.running(other)) }
            let job = Job(id: state.next, work: work)
            state.next += 1
            state.jobs = state.jobs.suffix(Self.longestHistory - 1) + [job]
            // The task's first step waits for this lock.
            state.task = Task { await self.run(job) }
            return .success(job)
        }
        return try result.get()
    }

    /// Tells a job to stop; it is `cancelling` until it has.
    ///
    /// - Throws: ``FeatureAPIError`` where there is no such job, or it has ended.
    package func cancel(_ id: Int) throws(FeatureAPIError) -> Job {
        let result = state.withLock { state -> Result<Job, FeatureAPIError> in
            guard let place = state.jobs.firstIndex(where: { $0.id == id }) else { return .failure(Self.unknown(id)) }
            guard state.jobs[place].state.isUnderWay else {
                return .failure(
                    FeatureAPIError(.jobEnded, "Job \(id) has ended (\(state.jobs[place].state.rawValue))."))
            }
            state.jobs[place].state = .cancelling
            state.task?.cancel()
            return .success(state.jobs[place])
        }
        return try result.get()
    }

    /// Stops the job under way and refuses further ones; returns when it has ended.
    public func stop() async {
        let task = state.withLock { state in
            state.isStopped = true
            return state.task
        }
        task?.cancel()
        await task?.value
    }

    private func run(_ job: Job) async {
        log("job \(job.id) (\(job.work.kind)) began")
        let outcome: (state: Job.State, error: FeatureAPIError?)
        do {
            try await worker(job.work) { progress in self.change(job.id) { $0.progress = progress } }
            outcome = (.succeeded, nil)
        } catch is CancellationError {
            outcome = (.cancelled, nil)
        } catch {
            outcome = (.failed, FeatureAPIError(ofJob: error))
        }
        change(job.id) { job in
            (job.state, job.error, job.finishedAt) = (outcome.state, outcome.error, Date().timeIntervalSince1970)
        }
        let reason = outcome.error.map { ": " + ($0.logEntry ?? $0.detail) } ?? ""
        log("job \(job.id) (\(job.work.kind)) \(outcome.state.rawValue)\(reason)")
    }

    private func change(_ id: Int, _ body: (inout Job) -> Void) {
        state.withLock { state in
            if let place = state.jobs.firstIndex(where: { $0.id == id }) { body(&state.jobs[place]) }
        }
    }

    private static func unknown(_ id: Int) -> FeatureAPIError {
        FeatureAPIError(
            .unknownJob, "There is no job \(id). The last \(longestHistory) since the server started are remembered.")
    }

    private static func running(_ job: Job) -> FeatureAPIError {
        FeatureAPIError(
            .jobRunning,
            "Job \(job.id) (\(job.work.kind)) is under way, and there is one at a time: wait for it, or cancel it with "
                + "DELETE /v1/jobs/\(job.id).")
    }
}
