import FeatureAPI
import Testing

@Suite(.timeLimit(.minutes(1))) struct PendingResultTests {
    private struct Fault: Error {}

    @Test func givesTheFirstResultAndIgnoresTheRest() async throws {
        let pending = PendingResult<Int>()
        let value = try await pending.value {
            #expect(!pending.isSettled)
            pending.settle(.success(1))
            pending.settle(.success(2))
            pending.settle(.failure(Fault()))
        }
        #expect(value == 1)
        #expect(pending.isSettled)
    }

    @Test func givesWhatWasThereBeforeAnybodyWaited() async {
        let pending = PendingResult<Int>()
        pending.settle(.failure(Fault()))
        await #expect(throws: Fault.self) { try await pending.value { Issue.record("started in vain") } }
    }

    @Test func aCancelledWaiterLeavesAndALateResultIsIgnored() async throws {
        let pending = PendingResult<Int>()
        let waiter = Task { try await pending.value {} }
        waiter.cancel()
        await #expect(throws: CancellationError.self) { try await waiter.value }
        try await eventually { pending.isSettled }
        pending.settle(.success(1))
    }

    @Test func resultsFromManyThreadsSettleItOnce() async throws {
        for _ in 0..<100 {
            let pending = PendingResult<Int>()
            let value = try await pending.value {
                for number in 0..<4 { Task.detached { pending.settle(.success(number)) } }
            }
            #expect((0..<4).contains(value))
        }
    }
}
