import Foundation
import Synchronization
package import Tensors

/// The one thread that owns the model, and the images that wait for it.
///
/// Whoever is waiting when the model becomes free goes together, up to the largest batch: nothing waits for company, and
/// under load batches form by themselves. Only inputs of one shape share a batch; the first to come decides which.
package final class InferenceQueue: Sendable {
    /// What one image got out of a batch.
    package struct Output: Sendable {
        /// By kind; each `(vectors, D)`, not normalised.
        package var features: [FeatureKind: Tensor]
        /// From the queue's tail to the model, and in the model, in seconds.
        package var waited: Double, computed: Double
    }

    private struct Job: Sendable {
        let input: Tensor
        let kinds: Set<FeatureKind>
        let enqueued = ContinuousClock.now
        let output = PendingResult<Output>()
    }

    private struct State {
        var jobs = [Job]()
        var isStopped = false
    }

    private let extractor: any FeatureExtractor
    private let admission: Admission
    private let maximumBatch: Int
    private let state = Mutex(State())
    /// Counts jobs that have come; the thread sleeps on it.
    private let arrivals = DispatchSemaphore(value: 0)

    /// A queue whose thread runs until ``stop()``.
    package init(extractor: any FeatureExtractor, maximumBatch: Int, admission: Admission) {
        self.extractor = extractor
        self.maximumBatch = maximumBatch
        self.admission = admission
        let thread = Thread { self.run() }
        thread.name = "inference"
        thread.stackSize = 8 << 20
        thread.start()
    }

    /// The features of one input `(3, H, W)`. A task that is cancelled while it waits is never computed.
    package func features(of input: Tensor, kinds: Set<FeatureKind>) async throws -> Output {
        let job = Job(input: input, kinds: kinds)
        return try await job.output.value {
            let isStopped = state.withLock { state in
                if !state.isStopped { state.jobs.append(job) }
                return state.isStopped
            }
            if isStopped { job.output.settle(.failure(Self.stopped)) } else { arrivals.signal() }
        }
    }

    /// Ends the thread after the batch it is on; whatever waits fails, and so does what comes later.
    package func stop() {
        let waiting = state.withLock { state in
            defer { state = State(jobs: [], isStopped: true) }
            return state.jobs
        }
        for job in waiting { job.output.settle(.failure(Self.stopped)) }
        arrivals.signal()
    }

    /// Images that wait for the model.
    package var waitingCount: Int { state.withLock { $0.jobs.count } }

    private static let stopped = FeatureAPIError(.stopping, "The server is stopping.", retryAfter: 1)

    private func run() {
        while true {
            arrivals.wait()
            guard let batch = nextBatch() else { return }
            if !batch.isEmpty { compute(batch) }
        }
    }

    /// How many inputs `(3, H, W)` go together: a batch has no more patches than one image of the largest size.
    func largestBatch(of shape: [Int]) -> Int {
        let largest = extractor.model.maximumSize
        return max(1, min(maximumBatch, largest * largest / max(1, shape[1] * shape[2])))
    }

    /// The jobs that go together now, without those nobody waits for; nothing after ``stop()``.
    private func nextBatch() -> [Job]? {
        state.withLock { state in
            if state.isStopped { return nil }
            state.jobs.removeAll { $0.output.isSettled }
            guard let shape = state.jobs.first?.input.shape else { return [] }
            let limit = largestBatch(of: shape)
            var batch = [Job]()
            var rest = [Job]()
            for job in state.jobs {
                if batch.count < limit, job.input.shape == shape { batch.append(job) } else { rest.append(job) }
            }
            state.jobs = rest
            return batch
        }
    }

    /// Inputs of one shape `(3, H, W)` as one `(B, 3, H, W)`.
    private static func stack(_ inputs: [Tensor]) -> Tensor {
        // One alone is the usual case, and needs no copy.
        if inputs.count == 1 { return Tensor(shape: [1] + inputs[0].shape, scalars: inputs[0].scalars) }
        var scalars = [Float]()
        scalars.reserveCapacity(inputs.reduce(0) { $0 + $1.count })
        for input in inputs { scalars.append(contentsOf: input.scalars) }
        return Tensor(shape: [inputs.count] + inputs[0].shape, scalars: scalars)
    }

    private func compute(_ batch: [Job]) {
        let start = ContinuousClock.now
        let result = Result {
            try extractor.extract(
                Self.stack(batch.map(\.input)), kinds: batch.reduce(into: []) { $0.formUnion($1.kinds) })
        }
        let seconds = (ContinuousClock.now - start).seconds
        admission.record(images: batch.count, seconds: seconds)
        for (index, job) in batch.enumerated() {
            job.output.settle(
                result.flatMap { features in
                    Result {
                        Output(
                            features: try features.rows(at: index, kinds: job.kinds),
                            waited: (start - job.enqueued).seconds, computed: seconds)
                    }
                })
        }
    }
}

extension [FeatureKind: Tensor] {
    /// The features of one image of a batch, each `(vectors, D)`; NaN and infinity are refused.
    fileprivate func rows(at index: Int, kinds: Set<FeatureKind>) throws(FeatureAPIError) -> [FeatureKind: Tensor] {
        var rows = [FeatureKind: Tensor]()
        for kind in kinds {
            guard let tensor = self[kind], let width = tensor.shape.last, width > 0, tensor.shape[0] > index else {
                continue
            }
            let length = tensor.count / tensor.shape[0]
            let scalars = Array(tensor.scalars[index * length..<(index + 1) * length])
            guard scalars.allSatisfy(\.isFinite) else {
                throw FeatureAPIError(.nonFiniteFeatures, "The model gave numbers that are not finite for this image.")
            }
            rows[kind] = Tensor(shape: [length / width, width], scalars: scalars)
        }
        return rows
    }
}

extension Duration {
    var seconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
