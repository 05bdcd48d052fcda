import FeatureAPI
import Tensors
import Testing

@Suite(.timeLimit(.minutes(1))) struct InferenceQueueTests {
    private let admission = Admission(limits: .init(images: 100, bytes: 1 << 20))

    private func queue(_ extractor: FakeExtractor, maximumBatch: Int = 4) -> InferenceQueue {
        InferenceQueue(extractor: extractor, maximumBatch: maximumBatch, admission: admission)
    }

    private func input(_ value: Float, size: Int = 4) -> Tensor {
        Tensor(shape: [3, size, size], scalars: [Float](repeating: value, count: 3 * size * size))
    }

    /// Starts tasks for `values` behind a first one that holds the model, and gives them once all of them wait.
    private func waiting(
        _ values: [(value: Float, size: Int)], in queue: InferenceQueue, _ extractor: FakeExtractor
    ) async throws -> [Task<InferenceQueue.Output, any Error>] {
        let first = Task { try await queue.features(of: input(1), kinds: [.cls]) }
        try await eventually { extractor.batches.count == 1 }
        var tasks = [first]
        for (index, (value, size)) in values.enumerated() {
            tasks.append(Task { try await queue.features(of: input(value, size: size), kinds: [.cls]) })
            try await eventually { queue.waitingCount == index + 1 }
        }
        return tasks
    }

    @Test func whoeverWaitsWhenTheModelIsFreeGoesTogether() async throws {
        let extractor = FakeExtractor(isGated: true)
        let queue = queue(extractor)
        let tasks = try await waiting([2, 3, 4, 5, 6].map { ($0, 4) }, in: queue, extractor)
        extractor.open(3)
        for (task, value) in zip(tasks, [1, 2, 3, 4, 5, 6] as [Float]) {
            #expect(try await task.value.features == [.cls: Tensor(shape: [1, 3], scalars: [value, 1, 0])])
        }
        #expect(extractor.batches == [[1], [2, 3, 4, 5], [6]])
        queue.stop()
    }

    @Test func onlyInputsOfOneSizeShareABatch() async throws {
        let extractor = FakeExtractor(isGated: true)
        let queue = queue(extractor)
        let tasks = try await waiting([(2, 4), (3, 8), (4, 4), (5, 8)], in: queue, extractor)
        extractor.open(3)
        for task in tasks { _ = try await task.value }
        #expect(extractor.batches == [[1], [2, 4], [3, 5]])
        queue.stop()
    }

    @Test func aBatchHasNoMorePatchesThanTheLargestImage() async throws {
        let extractor = FakeExtractor(isGated: true)
        let queue = queue(extractor)
        let tasks = try await waiting([(2, 16), (3, 16)], in: queue, extractor)
        extractor.open(3)
        for task in tasks { _ = try await task.value }
        #expect(extractor.batches == [[1], [2], [3]])
        queue.stop()
    }

    @Test func aTaskCancelledWhileItWaitsIsNeverComputed() async throws {
        let extractor = FakeExtractor(isGated: true)
        let queue = queue(extractor)
        let tasks = try await waiting([2, 3, 4].map { ($0, 4) }, in: queue, extractor)
        tasks[2].cancel()
        await #expect(throws: CancellationError.self) { try await tasks[2].value }
        extractor.open(2)
        _ = try await tasks[3].value
        #expect(extractor.batches == [[1], [2, 4]])
        queue.stop()
    }

    @Test func aTaskCancelledWhileItIsComputedLeavesAtOnce() async throws {
        let extractor = FakeExtractor(isGated: true)
        let queue = queue(extractor)
        let tasks = try await waiting([], in: queue, extractor)
        tasks[0].cancel()
        await #expect(throws: CancellationError.self) { try await tasks[0].value }
        extractor.open()
        queue.stop()
    }

    @Test func anImageOfNaNFailsAlone() async throws {
        let extractor = FakeExtractor(isGated: true)
        let queue = queue(extractor)
        let tasks = try await waiting([(255, 4), (7, 4)], in: queue, extractor)
        extractor.open(2)
        await #expect { try await tasks[1].value } throws: { ($0 as? FeatureAPIError)?.kind == .nonFiniteFeatures }
        #expect(try await tasks[2].value.features[.cls]?.scalars == [7, 1, 0])
        #expect(extractor.batches == [[1], [255, 7]])
        queue.stop()
    }

    @Test func whatWaitsWhenTheQueueStopsFails() async throws {
        let extractor = FakeExtractor(isGated: true)
        let queue = queue(extractor)
        let tasks = try await waiting([(2, 4)], in: queue, extractor)
        queue.stop()
        extractor.open()
        await #expect { try await tasks[1].value } throws: { ($0 as? FeatureAPIError)?.kind == .stopping }
        await #expect { try await queue.features(of: input(3), kinds: [.cls]) } throws: {
            ($0 as? FeatureAPIError)?.kind == .stopping
        }
        _ = try await tasks[0].value
    }
}
